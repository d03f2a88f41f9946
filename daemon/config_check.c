/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_check.c - names that do not exist, things given twice, values that contradict each other.
 */
#include "daemon/config_check.h"

#include <stdarg.h>
#include <string.h>

#include "daemon/config_options.h"
#include "daemon/config_value.h"

#define DISTANCE_MAX 3 /* edits up to which a known name is suggested for an unknown one */

__attribute__((format(printf, 3, 4))) static bool fail(
    struct config_error *error, int line, const char *format, ...)
{
    va_list arguments;
    error->line = line;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return false;
}

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance of two names, each at most CONFIG_NAME_MAX octets long. */
static size_t distance(const char *a, const char *b)
{
    size_t row[CONFIG_NAME_MAX + 1];
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);

    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least_of(replaced, least_of(row[j], row[j - 1]) + 1);
        }
    }
    return row[b_len];
}

struct nearest {
    const char *wanted;
    const char *name;
    size_t distance;
};

static void consider(struct nearest *nearest, const char *name)
{
    size_t far = distance(nearest->wanted, name);
    if (far < nearest->distance) {
        nearest->name = name;
        nearest->distance = far;
    }
}

/* Suggests among the options of a section, and at the top among the sections as well. */
static const char *suggest(const char *section, const char *wanted)
{
    struct nearest nearest = {.wanted = wanted, .distance = DISTANCE_MAX + 1};

    for (size_t i = 0; i < config_option_count; i++)
        if (strcmp(config_options[i].section, section) == 0)
            consider(&nearest, config_options[i].name);
    for (size_t i = 0; section[0] == '\0' && config_sections[i] != NULL; i++)
        consider(&nearest, config_sections[i]);
    /* "x" is three edits from "log", and does not mean it. */
    return nearest.distance < strlen(wanted) ? nearest.name : NULL;
}

static bool is_section(const char *name)
{
    for (size_t i = 0; config_sections[i] != NULL; i++)
        if (name[0] != '\0' && strcmp(config_sections[i], name) == 0)
            return true;
    return false;
}

/* Finds the section that has an option of that name, to tell where it belongs; NULL if none has. */
static const char *home_of(const char *name)
{
    for (size_t i = 0; i < config_option_count; i++)
        if (strcmp(config_options[i].name, name) == 0)
            return config_options[i].section;
    return NULL;
}

static bool fail_unknown(
    const struct config_item *item, const char *section, struct config_error *error)
{
    const char *what = item->is_section ? "section" : "option";
    const char *home = home_of(item->name);
    const char *near = suggest(section, item->name);
    char place[64] = "";

    if (strcmp(item->name, "include") == 0)
        return fail(error, item->line, "there is no include: the configuration is one file");
    if (!item->is_section && section[0] == '\0' && is_section(item->name))
        return fail(error, item->line, "\"%s\" is a section: write %s { ... }, without \"=\"",
            item->name, item->name);
    if (item->is_section && home != NULL)
        return fail(
            error, item->line, "\"%s\" is an option: write %s = VALUE", item->name, item->name);
    if (!item->is_section && home != NULL && home[0] != '\0')
        return fail(
            error, item->line, "option \"%s\" belongs into the section \"%s\"", item->name, home);
    if (!item->is_section && home != NULL)
        return fail(error, item->line, "option \"%s\" does not belong into a section", item->name);
    if (section[0] != '\0')
        snprintf(place, sizeof place, " in the section \"%s\"", section);
    if (near != NULL)
        return fail(error, item->line, "there is no %s \"%s\"%s: did you mean \"%s\"?", what,
            item->name, place, near);
    return fail(error, item->line, "there is no %s \"%s\"%s", what, item->name, place);
}

static bool check_section(
    const struct config_scan *scan, const struct config_item *item, struct config_error *error)
{
    bool is_listen = strcmp(item->name, "listen") == 0;

    if (!is_section(item->name))
        return fail_unknown(item, "", error);
    if (!is_listen && item->has_title)
        return fail(error, item->line, "the section \"%s\" has no name of its own: remove \"%s\"",
            item->name, item->title);
    if (is_listen && !item->has_title)
        return fail(error, item->line, "a listen section needs a name: listen \"NAME\" { ... }");
    if (is_listen && item->ordinal >= CONFIG_LISTENERS_MAX)
        return fail(error, item->line, "there are too many listen sections: at most %d",
            CONFIG_LISTENERS_MAX);
    for (const struct config_item *other = scan->items; other < item; other++) {
        if (!other->is_section || strcmp(other->name, item->name) != 0)
            continue;
        if (!is_listen)
            return fail(error, item->line,
                "the section \"%s\" is given twice: the first time in line %d", item->name,
                other->line);
        if (strcmp(other->title, item->title) == 0)
            return fail(error, item->line,
                "listen \"%s\" is given twice: the first time in line %d", item->title,
                other->line);
    }
    return true;
}

static bool check_option(
    const struct config_scan *scan, const struct config_item *item, struct config_error *error)
{
    const char *section = item->section == CONFIG_NO_SECTION ? "" : scan->items[item->section].name;
    const struct config_option *option = config_option_find(section, item->name);

    if (option == NULL)
        return fail_unknown(item, section, error);
    if (item->is_list && option->type != CONFIG_RESOLVERS && option->type != CONFIG_DOMAINS)
        return fail(error, item->line, "option \"%s\" has one value, not a list", item->name);
    return true;
}

bool config_check_names(const struct config_scan *scan, struct config_error *error_out)
{
    for (size_t i = 0; i < scan->count; i++) {
        const struct config_item *item = &scan->items[i];
        if (!(item->is_section ? check_section(scan, item, error_out)
                               : check_option(scan, item, error_out)))
            return false;
    }
    return true;
}

size_t config_check_section(const struct config_scan *scan, const char *name, size_t n)
{
    for (size_t i = 0; i < scan->count; i++) {
        const struct config_item *item = &scan->items[i];
        if (item->is_section && item->ordinal == n && strcmp(item->name, name) == 0)
            return i;
    }
    return CONFIG_NO_SECTION;
}

/* Gives the line to blame for an option: its own, or that of its section if it is not given. */
static int line_of(const struct config_scan *scan, size_t section, const char *name)
{
    const struct config_item *item = config_scan_find(scan, section, name);
    if (item != NULL)
        return item->line;
    return section == CONFIG_NO_SECTION ? 1 : scan->items[section].line;
}

static bool check_listen(const struct config_listen *listen, const struct config_scan *scan,
    size_t section, struct config_error *error)
{
    static const char *const unix_only[] = {"owner", "group", "mode"};
    int line = line_of(scan, section, "address");
    bool is_unix = listen->address.address.ss_family == AF_UNIX;

    /*
     * Whoever speaks to the control socket rules daned, and Exim believes whoever answers it;
     * neither protocol has a password. Socketmap and metrics only tell what DNS says anyway.
     */
    if ((listen->protocol == CONFIG_PROTOCOL_CONTROL || listen->protocol == CONFIG_PROTOCOL_EXIM) &&
        !config_address_is_local(&listen->address))
        return fail(error, line,
            "listen \"%s\": \"%.64s\" is not on loopback: protocol %s is allowed only on a unix "
            "socket, 127.0.0.0/8 or ::1",
            listen->name, listen->address.text, config_protocol_text(listen->protocol));
    for (size_t i = 0; i < 3 && !is_unix; i++) {
        const struct config_item *item = config_scan_find(scan, section, unix_only[i]);
        if (item != NULL)
            return fail(error, item->line, "listen \"%s\": option \"%s\" is for unix sockets only",
                listen->name, unix_only[i]);
    }
    /* Postfix keeps an idle connection for 100 s, and takes one closed by us for an error. */
    if (listen->protocol == CONFIG_PROTOCOL_SOCKETMAP &&
        listen->idle_timeout_ms < CONFIG_SOCKETMAP_IDLE_MIN_MS)
        return fail(error, line_of(scan, section, "idle-timeout"),
            "listen \"%s\": idle-timeout must be over 100s for socketmap: Postfix keeps a "
            "connection that long",
            listen->name);
    return true;
}

static bool check_listeners(
    const struct config *config, const struct config_scan *scan, struct config_error *error)
{
    for (size_t i = 0; i < config->listen_count; i++) {
        const struct config_listen *listen = &config->listen[i];
        size_t section = config_check_section(scan, "listen", i);
        if (!check_listen(listen, scan, section, error))
            return false;
        for (size_t j = 0; j < i; j++)
            if (config_address_equal(&listen->address, &config->listen[j].address))
                return fail(error, line_of(scan, section, "address"),
                    "listen \"%s\": the address \"%.64s\" is already that of listen \"%s\"",
                    listen->name, listen->address.text, config->listen[j].name);
    }
    return true;
}

bool config_check_values(
    const struct config *config, const struct config_scan *scan, struct config_error *error_out)
{
    size_t section = config_check_section(scan, "resolver", 0);

    for (size_t i = 0; i < config->resolver.address.count; i++) {
        const struct config_address *address = &config->resolver.address.items[i];
        /* AD is believed, so that whoever sits between here and a remote resolver decides. */
        if (!config_address_is_local(address) && !config->resolver.allow_remote)
            return fail(error_out, line_of(scan, section, "address"),
                "resolver.address: \"%.64s\" is not on loopback, so that anyone on the way to it "
                "can forge its answers: set allow-remote = yes if that way is safe",
                address->text);
    }
    return check_listeners(config, scan, error_out);
}
