/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_config.c - any text as a configuration: refused with a printable reason and a line that it
 * has, or printed in a form that loads as the same configuration.
 */
#include <string.h>

#include "daemon/config.h"
#include "tests/fuzz/fuzz.h"

static void check_error(const uint8_t *data, size_t size, const struct config_error *error)
{
    int lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    FUZZ_CHECK(error->line >= (size > CONFIG_FILE_MAX ? 0 : 1) && error->line <= lines);
    FUZZ_CHECK(error->text[0] != '\0' && strcmp(error->file, "fuzz") == 0);
    /* After the scan, libconfuse has nothing left to refuse. */
    FUZZ_CHECK(strncmp(error->text, "libconfuse:", 11) != 0);
    for (const char *at = error->text; *at != '\0'; at++)
        FUZZ_CHECK(*at >= 0x20 && *at < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config *config;
    struct config *again;
    struct config_error error;
    char *text;
    size_t len;

    if (config_parse("fuzz", (const char *)data, size, &config, &error) != CONFIG_OK) {
        check_error(data, size, &error);
        return 0;
    }
    FILE *file = open_memstream(&text, &len);
    FUZZ_CHECK(file != NULL);
    config_print(config, file);
    FUZZ_CHECK(fclose(file) == 0);
    FUZZ_CHECK(config_parse("fuzz", text, len, &again, &error) == CONFIG_OK);
    FUZZ_CHECK(memcmp(config, again, sizeof *config) == 0);
    config_free(config);
    config_free(again);
    free(text);
    return 0;
}
