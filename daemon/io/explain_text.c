/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_text.c - the tree of explain.h, written for people.
 *
 * The form is fixed, as danectl colours it: "WORD: LEVEL" for the destination, "host NAME: STATE"
 * for a host, labels indented by two blanks.
 */
#include "daemon/io/explain_text.h"

#include <string.h>

#include "daemon/io/control_show.h"

#define SECONDS "%" JSON_INTEGER_FORMAT " s"

enum { LABEL_WIDTH = 13, DATA_SHOWN = 64 };

/* Writes words under a label, broken at blanks; what has no blank is not broken. */
static void write_words(struct text *text, const char *label, const char *words)
{
    size_t column = LABEL_WIDTH;

    text_addf(text, "  %-*s", LABEL_WIDTH - 2, label);
    while (*words) {
        size_t len = strcspn(words, " ");
        if (column > LABEL_WIDTH) {
            if (column + 1 + len > EXPLAIN_WIDTH) {
                text_addf(text, "\n%*s", LABEL_WIDTH, "");
                column = LABEL_WIDTH;
            } else {
                text_add(text, " ", 1);
                column++;
            }
        }
        text_add(text, words, len);
        column += len;
        words += len;
        words += strspn(words, " ");
    }
    text_add(text, "\n", 1);
}

/* Writes a formatted line under a label. */
#define WRITE(text, label, ...)                \
    do {                                       \
        struct text words_ = {NULL, 0, 0};     \
        text_addf(&words_, __VA_ARGS__);       \
        text_add(&words_, "", 1);              \
        write_words(text, label, words_.data); \
        text_fini(&words_);                    \
    } while (0)

static void write_hint(struct text *text, const json_t *tree)
{
    if (show_text(tree, "hint")[0])
        write_words(text, "to do", show_text(tree, "hint"));
}

static void write_failure(struct text *text, const json_t *tree)
{
    const json_t *failure = json_object_get(tree, "failure");

    if (json_is_object(failure))
        WRITE(text, "failed", "%s of %s: %s", show_text(failure, "type"),
            show_text(failure, "name"), show_text(failure, "cause"));
}

static void write_override(struct text *text, const json_t *override)
{
    if (!json_is_object(override))
        return;
    bool decides = strcmp(show_text(override, "level"), "auto") != 0;
    bool expires = show_text(override, "expires")[0] != '\0';

    WRITE(text, "override", "%s %s (line %" JSON_INTEGER_FORMAT " of the overrides%s%s)%s%s. %s",
        show_text(override, "key"), show_text(override, "level"), show_int(override, "line"),
        expires ? ", the last day is " : "", show_text(override, "expires"),
        show_text(override, "why")[0] ? ": " : "", show_text(override, "why"),
        decides ? "The MTA is told this, whatever DNS says." : "It leaves the decision to DNS.");
}

/*
 * The CNAMEs that were followed, a line each, above what they lead to: a chain is as secure as the
 * weakest of them, and it is the zone of that one's owner that lacks DNSSEC. Gives whether each of
 * them is secure.
 */
static bool write_cnames(struct text *text, const json_t *cnames)
{
    bool secure = true;
    size_t i;
    const json_t *link;

    json_array_foreach(cnames, i, link)
    {
        const char *status = show_text(link, "status");
        WRITE(text, i == 0 ? "CNAME" : "", "%s -> %s, %s", show_text(link, "owner"),
            show_text(link, "target"), status[0] ? status : "not known to be secure");
        secure = secure && strcmp(status, "secure") == 0;
    }
    return secure;
}

static void write_mx(struct text *text, const json_t *tree)
{
    const json_t *mx = json_object_get(tree, "mx");
    const char *kind = show_text(mx, "kind");
    const char *status = show_text(mx, "status");
    size_t i;
    const json_t *record;

    if (strcmp(kind, "not-asked") == 0)
        return;
    write_cnames(text, json_object_get(mx, "cnames"));
    if (strcmp(kind, "failed") == 0)
        WRITE(text, "MX", "error");
    else if (strcmp(kind, "no-such-domain") == 0)
        WRITE(text, "MX", "%s denial of the domain, " SECONDS " left", status, show_int(mx, "ttl"));
    else if (strcmp(kind, "implicit") == 0)
        WRITE(text, "MX",
            "none (%s denial), so that the domain is its own MX host, " SECONDS " left", status,
            show_int(mx, "ttl"));
    else
        WRITE(text, "MX", "%s, " SECONDS " left", status, show_int(mx, "ttl"));
    json_array_foreach(json_object_get(mx, "records"), i, record) WRITE(text, "",
        "%5" JSON_INTEGER_FORMAT "  %s", show_int(record, "preference"), show_text(record, "host"));
}

static void write_record(struct text *text, const char *label, const json_t *record)
{
    const char *data = show_text(record, "data");
    const char *mark = json_is_true(json_object_get(record, "counts")) ? "" : "ignored: ";
    size_t len = strlen(data);

    text_addf(text,
        "  %-*s%" JSON_INTEGER_FORMAT " %" JSON_INTEGER_FORMAT " %" JSON_INTEGER_FORMAT
        " %.*s%s\n%*s  %s%s\n",
        LABEL_WIDTH - 2, label, show_int(record, "usage"), show_int(record, "selector"),
        show_int(record, "matching_type"), DATA_SHOWN, data, len > DATA_SHOWN ? "..." : "",
        LABEL_WIDTH, "", mark, show_text(record, "why"));
}

static void write_tlsa(struct text *text, const json_t *host)
{
    const json_t *records = json_object_get(host, "records");
    const json_t *names = json_object_get(host, "reference_names");
    struct text list = {NULL, 0, 0};
    bool anchors = false;
    size_t i;
    const json_t *one;

    if (!show_text(host, "tlsa_name")[0])
        return;
    write_cnames(text, json_object_get(host, "tlsa_cnames"));
    WRITE(text, "TLSA", "%s, %s, " SECONDS " left", show_text(host, "tlsa_name"),
        show_text(host, "tlsa_status"), show_int(host, "tlsa_ttl"));
    json_array_foreach(records, i, one)
    {
        write_record(text, "", one);
        anchors = anchors ||
                  (show_int(one, "usage") == 2 && json_is_true(json_object_get(one, "counts")));
    }
    if (show_int(host, "records_omitted") > 0)
        WRITE(text, "", "and %" JSON_INTEGER_FORMAT " more", show_int(host, "records_omitted"));
    if (show_text(host, "sni")[0])
        WRITE(text, "SNI", "%s", show_text(host, "sni"));
    json_array_foreach(names, i, one)
        text_addf(&list, "%s%s", i == 0 ? "" : ", ", json_string_value(one));
    text_add(&list, "", 1);
    /* Usage 3 binds the key itself: no name in the certificate is looked at. */
    if (anchors)
        WRITE(text, "names", "%s (the certificate must bear one of them, for usage 2)", list.data);
    text_fini(&list);
}

/* How the host's name was expanded, and what that does to the search for TLSA records. */
static void write_address(struct text *text, const json_t *host)
{
    const char *status = show_text(host, "address");
    const char *canonical = show_text(host, "canonical");
    bool is_led_securely = write_cnames(text, json_object_get(host, "cnames"));

    if (strcmp(status, "error") == 0)
        WRITE(text, "address", "error, asked again in " SECONDS, show_int(host, "address_ttl"));
    else if (json_is_integer(json_object_get(host, "address_ttl")))
        WRITE(text, "address", "%s, " SECONDS " left", status, show_int(host, "address_ttl"));
    else
        WRITE(text, "address", "%s", status);
    if (!canonical[0] || strcmp(status, "insecure") != 0)
        return;
    if (is_led_securely)
        WRITE(text, "", "every CNAME is secure, the address records of %s are not", canonical);
    if (show_text(host, "tlsa_base")[0])
        WRITE(text, "",
            "TLSA records with the host's own name bind, as its own CNAME is secure (RFC 7672 "
            "2.2.2)");
}

static void write_host(struct text *text, const json_t *host)
{
    const char *name = show_text(host, "host");

    text_addf(
        text, "\nhost %s: %s\n", name[0] ? name : "(beyond the limit)", show_text(host, "state"));
    WRITE(text, "why", "%s (%s)", show_text(host, "why"), show_text(host, "section"));
    write_failure(text, host);
    write_hint(text, host);
    if (!name[0])
        return;
    WRITE(text, "mail", "%s", show_text(host, "effect"));
    WRITE(text, "port", "%" JSON_INTEGER_FORMAT ", preference %" JSON_INTEGER_FORMAT,
        show_int(host, "port"), show_int(host, "preference"));
    write_address(text, host);
    write_tlsa(text, host);
}

/* What the MTA is told comes first; an override must not hide what DNS says. */
static void write_title(struct text *text, const json_t *tree)
{
    const char *override = show_text(json_object_get(tree, "override"), "level");

    if (override[0] == '\0' || strcmp(override, "auto") == 0)
        text_addf(text, "%s: %s\n", show_text(tree, "destination"), show_text(tree, "level"));
    else
        text_addf(text, "%s: %s, by the operator's override (by DNS: %s)\n",
            show_text(tree, "destination"), override, show_text(tree, "level"));
}

void explain_text(struct text *text, const json_t *tree)
{
    const json_t *postfix = json_object_get(tree, "postfix");
    const json_t *exim = json_object_get(tree, "exim");
    size_t i;
    const json_t *host;

    write_title(text, tree);
    WRITE(text, "why", "%s: %s (%s)", show_text(tree, "reason"), show_text(tree, "why"),
        show_text(tree, "section"));
    write_override(text, json_object_get(tree, "override"));
    write_failure(text, tree);
    write_hint(text, tree);
    WRITE(text, "Postfix", "\"%s\": %s", show_text(postfix, "reply"), show_text(postfix, "effect"));
    WRITE(text, "Exim", "\"%s\": %s", show_text(exim, "level"), show_text(exim, "effect"));
    if (show_int(tree, "ttl") > 0)
        WRITE(text, "kept", SECONDS "%s", show_int(tree, "ttl"),
            json_is_true(json_object_get(tree, "cached")) ? ", from the cache" : "");
    write_mx(text, tree);
    json_array_foreach(json_object_get(tree, "hosts"), i, host) write_host(text, host);
}
