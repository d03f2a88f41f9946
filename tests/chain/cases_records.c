/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases_records.c - sets of records: several, unusable ones among them, digest agility.
 */
#include "tests/chain/cases.h"

/*
 * Each set in words: usage, selector, matching type, the certificate it is made from, and what is
 * wrong with it (i intact, f flipped, c cut, t trailing, g garbage), over a chain of three whose
 * certificate 3 is a stranger that is not presented.
 */
static const char *const sets[] = {
    /* one of several */
    "3 1 1 0 f, 3 1 1 0 i",
    "3 1 1 0 i, 3 1 1 0 f",
    "3 1 1 3 i, 3 1 1 3 i",
    "3 1 1 3 i, 3 0 1 3 i, 2 1 1 3 i, 2 0 1 2 i",
    "2 0 1 1 f, 2 0 1 2 f, 2 1 1 2 i",
    "2 1 1 3 i, 2 1 1 1 i",
    "2 1 1 1 i, 2 1 1 2 i",
    "3 1 1 0 f, 2 1 1 2 i",
    "3 1 1 0 i, 2 1 1 2 f",
    "3 1 1 0 f, 2 1 1 2 f",
    "3 1 1 2 i",
    "3 0 1 1 i",
    "2 1 1 0 i",
    "2 0 0 3 i",
    "2 1 0 3 i",
    "2 0 0 3 i, 2 0 0 2 i",
    "2 1 0 3 i, 2 1 0 2 i",
    "2 0 0 3 i, 2 1 0 2 i",
    "2 1 0 3 i, 2 1 1 2 i",
    "2 0 0 2 i, 2 0 0 1 i",
    "2 1 0 1 i, 2 0 0 2 i",
    /* usages 0 and 1 are unusable */
    "0 1 1 2 i",
    "1 1 1 0 i",
    "0 1 1 2 i, 1 1 1 0 i",
    "0 1 1 2 i, 3 1 1 0 i",
    "1 1 1 0 i, 3 1 1 0 f",
    "1 1 1 0 i, 2 1 1 2 i",
    "0 0 0 2 i, 2 1 1 2 f",
    /* so are unknown values */
    "4 1 1 0 i",
    "255 1 1 0 i",
    "3 2 1 0 i",
    "3 255 1 0 i",
    "3 1 3 0 i",
    "3 1 255 0 i",
    "2 2 1 2 i",
    "2 1 3 2 i",
    "4 1 1 0 i, 3 1 1 0 i",
    "3 2 1 0 i, 3 1 1 0 f",
    "3 1 255 0 i, 3 1 1 0 i",
    "3 1 255 0 i, 2 1 1 2 f",
    /* and data of the wrong length or kind */
    "3 1 1 0 c",
    "3 1 1 0 t",
    "3 1 2 0 c",
    "3 1 2 0 t",
    "2 1 1 2 c",
    "2 1 2 2 t",
    "3 1 1 0 c, 3 1 1 0 i",
    "3 1 2 0 c, 3 1 1 0 i",
    "3 1 2 0 t, 3 1 1 0 f",
    "3 0 0 0 c",
    "3 0 0 0 t",
    "3 0 0 0 g",
    "3 0 0 0 f",
    "3 1 0 0 c",
    "3 1 0 0 t",
    "3 1 0 0 g",
    "3 1 0 0 f",
    "2 0 0 2 c",
    "2 0 0 2 t",
    "2 0 0 2 g",
    "2 0 0 2 f",
    "2 1 0 2 c",
    "2 1 0 2 t",
    "2 1 0 2 g",
    "2 1 0 2 f",
    "2 0 0 2 g, 3 1 1 0 i",
    "2 0 0 2 c, 2 1 1 2 i",
    "2 1 0 2 g, 2 1 1 2 f",
    "3 0 0 0 g, 3 1 1 0 i",
    /* digest agility: of the usable digests of one usage and selector the strongest counts */
    "3 1 2 0 i, 3 1 1 0 i",
    "3 1 2 0 f, 3 1 1 0 i",
    "3 1 1 0 i, 3 1 2 0 f",
    "3 1 2 0 i, 3 1 1 0 f",
    "3 1 1 0 f, 3 1 2 0 i",
    "3 0 2 0 f, 3 1 1 0 i",
    "3 0 2 0 f, 3 0 1 0 i, 3 1 1 0 f",
    "3 1 2 0 f, 3 1 1 0 i, 3 1 0 0 i",
    "3 1 0 0 f, 3 1 1 0 i",
    "3 1 0 0 f, 3 1 1 0 f, 3 1 2 0 i",
    "2 1 2 2 f, 2 1 1 2 i",
    "2 1 2 2 i, 2 1 1 2 f",
    "2 1 2 3 i, 2 1 1 2 i",
    "2 1 2 1 i, 2 1 1 2 i",
    "2 1 2 2 f, 3 1 1 0 i",
    "3 1 2 0 f, 2 1 1 2 i",
    "2 0 2 2 f, 2 1 1 2 i",
    "2 0 2 3 i, 2 0 1 2 i, 2 0 0 2 i",
    "2 0 2 3 i, 2 0 1 2 i, 2 0 0 3 i",
    "2 1 2 2 f, 2 1 1 2 i, 2 1 0 2 i",
    "2 1 2 2 c, 2 1 1 2 i",
    "3 1 2 0 c, 3 1 1 0 i, 3 1 3 0 i",
    /* the same twice; many */
    "3 1 1 0 i, 3 1 1 0 i",
    "2 1 1 2 i, 2 1 1 2 i",
    "3 1 1 0 f, 3 1 1 1 i, 3 1 1 2 i, 3 1 1 3 i, 3 0 1 1 i, 3 0 1 2 i, 3 0 1 3 i, 3 1 1 0 i",
    "2 0 1 0 i, 2 0 1 3 i, 2 1 1 3 i, 2 1 1 0 i, 2 1 1 2 f, 2 0 1 2 f, 2 0 1 2 i",
};

static void add_records(struct plan *plan, const char *set)
{
    unsigned usage;
    unsigned selector;
    unsigned matching_type;
    int of;
    char damage;
    int used;

    while (sscanf(set, "%u %u %u %d %c%n", &usage, &selector, &matching_type, &of, &damage,
               &used) == 5) {
        struct plan_record record = {
            (uint8_t)usage, (uint8_t)selector, (uint8_t)matching_type, of, RECORD_INTACT};
        switch (damage) {
        case 'i':
            break;
        case 'f':
            record.damage = RECORD_FLIPPED;
            break;
        case 'c':
            record.damage = RECORD_CUT;
            break;
        case 't':
            record.damage = RECORD_TRAILING;
            break;
        case 'g':
            record.damage = RECORD_GARBAGE;
            break;
        default:
            fprintf(stderr, "no such damage: %c\n", damage);
            abort();
        }
        plan_add_record(plan, record);
        set += used;
        if (*set == ',')
            set++;
    }
    MUST(*set == '\0');
}

void cases_records(struct suite *suite)
{
    static const char *const orders[] = {"0 1 2", "0 1", "0", "0 2 1", "0 1 2 3"};
    struct plan plan;

    for (size_t order = 0; order < sizeof orders / sizeof orders[0]; order++) {
        plan_init(&plan, 4, KEY_P256, "set of records");
        recipe_issue(&plan.recipes[2], &plan.recipes[2]);
        plan_set_order(&plan, orders[order]);
        for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
            add_records(&plan, sets[i]);
            suite_check(suite, &plan);
            plan_clear_records(&plan);
        }
        plan_fini(&plan);
    }
}
