/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdict.c - the words of a verdict, and the reference names that follow from it.
 */
#include "daemon/core/verdict.h"

const char *level_text(enum level level)
{
    static const char *const texts[] = {
#define X(name, text) [LEVEL_##name] = text,
        LEVELS(X)
#undef X
    };
    return texts[level];
}

struct reason_words {
    const char *token;
    const char *section;
    const char *text;
};

static const struct reason_words reasons[] = {
#define X(name, token, section, text) [REASON_##name] = {token, section, text},
    REASONS(X)
#undef X
};

const char *reason_token(enum reason reason)
{
    return reasons[reason].token;
}

const char *reason_section(enum reason reason)
{
    return reasons[reason].section;
}

const char *reason_text(enum reason reason)
{
    return reasons[reason].text;
}

const char *host_state_text(enum host_state state)
{
    static const char *const texts[] = {
#define X(name, text) [HOST_##name] = text,
        HOST_STATES(X)
#undef X
    };
    return texts[state];
}

const char *host_reason_text(enum host_reason why)
{
    static const char *const texts[] = {
#define X(name, section, text) [HOST_REASON_##name] = text,
        HOST_REASONS(X)
#undef X
    };
    return texts[why];
}

const char *host_reason_section(enum host_reason why)
{
    static const char *const sections[] = {
#define X(name, section, text) [HOST_REASON_##name] = section,
        HOST_REASONS(X)
#undef X
    };
    return sections[why];
}

bool level_at_least(enum level a, enum level b)
{
    return a >= b;
}

bool host_tlsa_owner(const struct host_verdict *host, uint16_t port, struct dname *owner_out)
{
    if (!host->tlsa && !host->insecure_tlsa)
        return false;
    return dname_tlsa_owner(host->tlsa ? &host->tlsa_base : &host->insecure_base, port, owner_out);
}

static size_t add_name(struct dname *names, size_t count, const struct dname *name)
{
    if (name->len == 0)
        return count;
    for (size_t i = 0; i < count; i++)
        if (dname_equal(&names[i], name))
            return count;
    names[count] = *name;
    return count + 1;
}

size_t verdict_reference_names(const struct verdict *verdict, const struct host_verdict *host,
    const struct dname *original, struct dname names_out[3])
{
    size_t count = add_name(names_out, 0, &host->tlsa_base);

    if (count == 0)
        return 0;
    if (verdict->mx == MX_RECORDS) {
        /* RFC 7672 3.2.2: with a secure MX RRset also the next-hop domain, initial and expanded. */
        if (verdict->mx_status == DNS_SECURE) {
            count = add_name(names_out, count, original);
            count = add_name(names_out, count, &verdict->mx_canonical);
        }
        return count;
    }
    /* RFC 7672 3.2.2: without MX records, the original name beside its secure CNAME expansion. */
    return add_name(names_out, count, original);
}
