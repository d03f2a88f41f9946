/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config.c - from the file to a checked struct config, and back to text.
 *
 * The way: read the file whole; config_scan refuses bad syntax and notes the lines; config_check
 * refuses bad names; libconfuse parses, with the defaults of the table; config_value turns each
 * value into its field; config_check looks at how they go together. The first mistake ends it.
 */
#include "daemon/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <confuse.h>

#include "daemon/config_check.h"
#include "daemon/config_options.h"
#include "daemon/config_scan.h"
#include "daemon/config_value.h"
#include "daemon/core/alloc.h"

#define SECTION_ROWS_MAX 16 /* rows of one section of the table, and sections */
#define VALUES_MAX 64       /* values of one list; the table allows fewer */

/* The options of the table in the form that libconfuse wants; it copies all of it. */
struct confuse_options {
    cfg_opt_t top[2 * SECTION_ROWS_MAX];
    cfg_opt_t sections[SECTION_ROWS_MAX][SECTION_ROWS_MAX];
    char presets[4 * SECTION_ROWS_MAX][64];
    size_t preset_count;
};

/* Gives a copy of a default; a single value loses the quotes that it has in the file. */
static char *copy_preset(struct confuse_options *options, const char *preset)
{
    char *out = options->presets[options->preset_count++];
    size_t len = strlen(preset);
    size_t quote = preset[0] == '"' ? 1 : 0;
    snprintf(out, sizeof options->presets[0], "%.*s", (int)(len - 2 * quote), preset + quote);
    return out;
}

static cfg_opt_t confuse_option(struct confuse_options *options, const struct config_option *row)
{
    if (row->preset == NULL)
        return (cfg_opt_t)CFG_STR(row->name, NULL, CFGF_NODEFAULT);
    if (row->type == CONFIG_RESOLVERS || row->type == CONFIG_DOMAINS)
        return (cfg_opt_t)CFG_STR_LIST(row->name, copy_preset(options, row->preset), CFGF_NONE);
    return (cfg_opt_t)CFG_STR(row->name, copy_preset(options, row->preset), CFGF_NONE);
}

/* Gives a new parser, which knows every option of the table. */
static cfg_t *confuse_new(void)
{
    struct confuse_options *options = alloc_zeroed(sizeof *options);
    size_t top_count = 0;

    for (size_t i = 0; config_sections[i] != NULL; i++) {
        const char *section = config_sections[i];
        cfg_opt_t *list = i == 0 ? options->top : options->sections[i];
        size_t count = 0;
        for (size_t j = 0; j < config_option_count; j++)
            if (strcmp(config_options[j].section, section) == 0)
                list[count++] = confuse_option(options, &config_options[j]);
        list[count] = (cfg_opt_t)CFG_END();
        if (i == 0)
            top_count = count;
        else if (strcmp(section, "listen") == 0)
            options->top[top_count++] = (cfg_opt_t)CFG_SEC(section, list, CFGF_MULTI | CFGF_TITLE);
        else
            options->top[top_count++] = (cfg_opt_t)CFG_SEC(section, list, CFGF_NONE);
    }
    options->top[top_count] = (cfg_opt_t)CFG_END();
    cfg_t *parser = cfg_init(options->top, CFGF_NONE);
    free(options);
    return parser;
}

/* Where confuse_error() writes: libconfuse hands its error function nothing of ours. */
static struct config_error *confuse_error_out;

static void confuse_error(cfg_t *parser, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void confuse_error(cfg_t *parser, const char *format, va_list arguments)
{
    confuse_error_out->line = parser != NULL ? parser->line : 1;
    /* The scan should have found every mistake that libconfuse finds; the fuzz target checks that.
     */
    int used = snprintf(confuse_error_out->text, sizeof confuse_error_out->text, "libconfuse: ");
    vsnprintf(confuse_error_out->text + used, sizeof confuse_error_out->text - (size_t)used, format,
        arguments);
}

/* Parses text, which config_scan has passed; gives NULL with *error set if libconfuse refuses it.
 */
static cfg_t *confuse_parse(const char *text, struct config_error *error)
{
    cfg_t *parser = confuse_new();
    /* libconfuse gives no parser only if there is no memory. */
    if (parser == NULL) {
        fputs("daned: out of memory while reading the configuration\n", stderr);
        exit(EX_OSERR);
    }
    error->line = 1;
    snprintf(error->text, sizeof error->text, "libconfuse: cannot parse this file");
    confuse_error_out = error;
    cfg_set_error_function(parser, confuse_error);
    int result = cfg_parse_buf(parser, text);
    confuse_error_out = NULL;
    if (result == CFG_SUCCESS)
        return parser;
    cfg_free(parser);
    return NULL;
}

/* Reads one option of a section from the parser into its field. */
static bool apply_option(const struct config_option *row, cfg_t *section, const char *label,
    void *base, struct config_error *error)
{
    const char *values[VALUES_MAX] = {NULL};
    struct config_why why = {.text = ""};
    cfg_opt_t *option = cfg_getopt(section, row->name);
    size_t count = cfg_opt_size(option);

    if (count == 0 && row->preset == NULL) {
        snprintf(
            error->text, sizeof error->text, "%s: option \"%s\" must be given", label, row->name);
        return false;
    }
    if (count > VALUES_MAX) {
        snprintf(error->text, sizeof error->text, "%s: too many values", row->name);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = cfg_opt_getnstr(option, (unsigned)i);
        if (values[i] == NULL)
            values[i] = "";
    }
    if (config_value_read(row, values, count, base, &why))
        return true;
    const char *dot = label[0] != '\0' ? "." : "";
    if (why.index == CONFIG_WHOLE)
        snprintf(error->text, sizeof error->text, "%s%s%s %s", label, dot, row->name, why.text);
    else
        snprintf(error->text, sizeof error->text, "%s%s%s: \"%.64s\" %s", label, dot, row->name,
            values[why.index], why.text);
    return false;
}

/* Reads all options of one section; index is that of its item in scan. */
static bool apply_section(const char *name, cfg_t *section, const struct config_scan *scan,
    size_t index, void *base, struct config_error *error)
{
    for (size_t i = 0; i < config_option_count; i++) {
        const struct config_option *row = &config_options[i];
        if (strcmp(row->section, name) != 0)
            continue;
        const struct config_item *item = config_scan_find(scan, index, row->name);
        if (item != NULL)
            error->line = item->line;
        else
            error->line = index != CONFIG_NO_SECTION ? scan->items[index].line : 1;
        if (!apply_option(row, section, name, base, error))
            return false;
    }
    return true;
}

static bool apply_listeners(struct config *config, cfg_t *parser, const struct config_scan *scan,
    bool is_default, struct config_error *error)
{
    size_t count = cfg_size(parser, "listen");

    for (size_t i = 0; i < count && i < CONFIG_LISTENERS_MAX; i++) {
        struct config_listen *listen = &config->listen[config->listen_count++];
        cfg_t *section = cfg_getnsec(parser, "listen", (unsigned)i);
        size_t index = config_check_section(scan, "listen", i);
        snprintf(listen->name, sizeof listen->name, "%s", cfg_title(section));
        listen->is_default = is_default;
        if (!apply_section("listen", section, scan, index, listen, error))
            return false;
    }
    return true;
}

static bool apply_all(struct config *config, cfg_t *parser, const struct config_scan *scan,
    bool default_listeners, struct config_error *error)
{
    for (size_t i = 0; config_sections[i] != NULL; i++) {
        const char *name = config_sections[i];
        bool good;
        if (strcmp(name, "listen") == 0)
            good = apply_listeners(config, parser, scan, default_listeners, error);
        else
            good = apply_section(name, name[0] == '\0' ? parser : cfg_getsec(parser, name), scan,
                name[0] == '\0' ? CONFIG_NO_SECTION : config_check_section(scan, name, 0), config,
                error);
        if (!good)
            return false;
    }
    return config_check_values(config, scan, error);
}

static bool parse(
    struct config *config, char *text, struct config_scan *scan, struct config_error *error)
{
    if (!config_scan_text(text, strlen(text), scan, error) || !config_check_names(scan, error))
        return false;
    bool default_listeners = config_check_section(scan, "listen", 0) == CONFIG_NO_SECTION;
    if (default_listeners) {
        /* The caller left room. Scanned again, so that every listener has its item. */
        size_t len = strlen(text);
        memcpy(text + len, config_default_listeners, strlen(config_default_listeners) + 1);
        if (!config_scan_text(text, strlen(text), scan, error))
            return false;
    }
    cfg_t *parser = confuse_parse(text, error);
    if (parser == NULL)
        return false;
    bool good = apply_all(config, parser, scan, default_listeners, error);
    cfg_free(parser);
    return good;
}

/* What an error quotes comes from the file, and goes to a log or a terminal. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e)
            *text = '?';
}

static void error_begin(struct config_error *error, const char *file)
{
    size_t len = strlen(file);
    size_t room = sizeof error->file - 1;
    memset(error, 0, sizeof *error);
    snprintf(error->file, sizeof error->file, "%s", len > room ? file + len - room : file);
    make_printable(error->file);
}

enum config_status config_parse(const char *file, const char *text, size_t len,
    struct config **config_out, struct config_error *error_out)
{
    *config_out = NULL;
    error_begin(error_out, file);
    if (len > CONFIG_FILE_MAX) {
        snprintf(error_out->text, sizeof error_out->text, "the file is too large: at most 1 MiB");
        return CONFIG_BAD;
    }
    const char *nul = memchr(text, '\0', len);
    if (nul != NULL) {
        error_out->line = 1;
        for (const char *at = text; at < nul; at++)
            error_out->line += *at == '\n';
        snprintf(error_out->text, sizeof error_out->text, "the octet 0x00 may not stand here");
        return CONFIG_BAD;
    }

    char *copy = alloc_zeroed(len + strlen(config_default_listeners) + 2);
    memcpy(copy, text, len);
    copy[len] = '\n';
    struct config_scan *scan = alloc_zeroed(sizeof *scan);
    struct config *config = alloc_zeroed(sizeof *config);
    bool good = parse(config, copy, scan, error_out);
    free(scan);
    free(copy);
    if (!good) {
        make_printable(error_out->text);
        config_free(config);
        return CONFIG_BAD;
    }
    error_begin(error_out, file);
    *config_out = config;
    return CONFIG_OK;
}

static enum config_status fail_read(struct config_error *error, const char *why)
{
    snprintf(error->text, sizeof error->text, "cannot be read: %s", why);
    return CONFIG_BAD;
}

/* Reads at most cap octets of a file; gives how many, or -1 with errno. */
static ssize_t read_all(int fd, char *out, size_t cap)
{
    size_t used = 0;
    while (used < cap) {
        ssize_t got = read(fd, out + used, cap - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        used += (size_t)got;
    }
    return (ssize_t)used;
}

enum config_status config_load(
    const char *path, bool must_exist, struct config **config_out, struct config_error *error_out)
{
    struct stat status;

    *config_out = NULL;
    error_begin(error_out, path);
    /* O_NONBLOCK: opening a FIFO must not wait for a writer that never comes. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT && !must_exist)
        return config_parse(path, "", 0, config_out, error_out);
    if (fd < 0)
        return fail_read(error_out, strerror(errno));
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return fail_read(error_out, "it is not a regular file");
    }

    /* One octet more than allowed, so that a file that is too large is seen as that. */
    char *text = alloc_zeroed(CONFIG_FILE_MAX + 1);
    ssize_t len = read_all(fd, text, CONFIG_FILE_MAX + 1);
    int read_errno = errno;
    close(fd);
    enum config_status result = len < 0
                                    ? fail_read(error_out, strerror(read_errno))
                                    : config_parse(path, text, (size_t)len, config_out, error_out);
    free(text);
    return result;
}

void config_free(struct config *config)
{
    free(config);
}

static void print_section(
    const char *section, const struct config *config, const char *indent, FILE *file)
{
    for (size_t i = 0; i < config_option_count; i++) {
        const struct config_option *row = &config_options[i];
        if (strcmp(row->section, section) != 0)
            continue;
        fprintf(file, "%s%s = ", indent, row->name);
        config_value_print(row, config, file);
        fputc('\n', file);
    }
}

/* Writes an inet listener without the options that only a unix socket has. */
static void print_listen(const struct config_listen *listen, FILE *file)
{
    const char *before = listen->is_default ? "#" : "";
    bool is_unix = listen->address.address.ss_family == AF_UNIX;

    fprintf(file, "%slisten ", before);
    config_quoted_print(listen->name, file);
    fputs(" {\n", file);
    for (size_t i = 0; i < config_option_count; i++) {
        const struct config_option *row = &config_options[i];
        if (strcmp(row->section, "listen") != 0)
            continue;
        if (!is_unix && (row->type == CONFIG_ACCOUNT || row->type == CONFIG_MODE))
            continue;
        fprintf(file, "%s    %s = ", before, row->name);
        config_value_print(row, listen, file);
        fputc('\n', file);
    }
    fprintf(file, "%s}\n", before);
}

void config_print(const struct config *config, FILE *file)
{
    for (size_t i = 0; config_sections[i] != NULL; i++) {
        const char *name = config_sections[i];
        if (name[0] == '\0') {
            print_section(name, config, "", file);
        } else if (strcmp(name, "listen") == 0) {
            for (size_t j = 0; j < config->listen_count; j++)
                print_listen(&config->listen[j], file);
        } else {
            fprintf(file, "%s {\n", name);
            print_section(name, config, "    ", file);
            fputs("}\n", file);
        }
    }
}

const char *config_error_text(const struct config_error *error, char *out, size_t cap)
{
    if (error->line > 0)
        snprintf(out, cap, "%s:%d: %s", error->file, error->line, error->text);
    else
        snprintf(out, cap, "%s: %s", error->file, error->text);
    return out;
}

const struct config_listen *config_find_listen(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->listen_count; i++)
        if (strcmp(config->listen[i].name, name) == 0)
            return &config->listen[i];
    return NULL;
}

const char *config_protocol_text(enum config_protocol protocol)
{
    static const char *const words[] = {
        [CONFIG_PROTOCOL_SOCKETMAP] = "socketmap",
        [CONFIG_PROTOCOL_EXIM] = "exim",
        [CONFIG_PROTOCOL_CONTROL] = "control",
        [CONFIG_PROTOCOL_METRICS] = "metrics",
    };
    return words[protocol];
}
