/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay.c - the main program of a fuzz target that is built without libFuzzer.
 *
 * Runs the target on every file named on the command line, and on every file in a folder named
 * there; without arguments on the target's own corpus, tests/fuzz/corpus/NAME under $srcdir, so
 * that "make check" needs none. Ends with 0 if every input was run, else with a line that says why;
 * a folder without one file in it is an error, for then nothing would have been tested.
 *
 * Limits: inputs of 1 MiB, paths of 4095 octets.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"

#define INPUT_MAX (1024 * 1024)
#define PATH_OCTETS 4096

static void fail(const char *path, const char *why)
{
    fprintf(stderr, "replay: %s: %s\n", path, why);
    exit(1);
}

static void build_path(char *path_out, const char *folder, const char *name)
{
    int len = snprintf(path_out, PATH_OCTETS, "%s/%s", folder, name);

    if (len < 0 || len >= PATH_OCTETS)
        fail(folder, "path too long");
}

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        fail(path, "cannot be opened");
    uint8_t *whole = malloc(INPUT_MAX + 1);
    if (whole == NULL)
        fail(path, "out of memory");
    size_t size = fread(whole, 1, INPUT_MAX + 1, file);
    if (ferror(file) || size > INPUT_MAX)
        fail(path, "cannot be read, or is too large");
    fclose(file);

    /* A copy of exactly its size, so that the sanitizers and valgrind see a read past the end. */
    uint8_t *exact = malloc(size > 0 ? size : 1);
    if (exact == NULL)
        fail(path, "out of memory");
    memcpy(exact, whole, size);
    free(whole);
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static void replay_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t count = 0;

    if (dir == NULL)
        fail(folder, "cannot be opened");
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        char path[PATH_OCTETS];
        if (entry->d_name[0] == '.')
            continue;
        build_path(path, folder, entry->d_name);
        replay_file(path);
        count++;
    }
    closedir(dir);
    if (count == 0)
        fail(folder, "has no inputs");
}

static void replay_path(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        fail(path, "cannot be found");
    if (S_ISDIR(status.st_mode))
        replay_folder(path);
    else
        replay_file(path);
}

/* Replays tests/fuzz/corpus/NAME for the program .../fuzz_NAME. */
static void replay_own_corpus(const char *program)
{
    const char *srcdir = getenv("srcdir");
    const char *slash = strrchr(program, '/');
    const char *name = slash == NULL ? program : slash + 1;
    char corpus[PATH_OCTETS];
    char path[PATH_OCTETS];

    if (strncmp(name, "fuzz_", 5) != 0)
        fail(program, "is not named fuzz_NAME: name the corpus");
    build_path(corpus, srcdir == NULL ? "." : srcdir, "tests/fuzz/corpus");
    build_path(path, corpus, name + 5);
    replay_folder(path);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        replay_own_corpus(argv[0]);
    for (int i = 1; i < argc; i++)
        replay_path(argv[i]);
    return 0;
}
