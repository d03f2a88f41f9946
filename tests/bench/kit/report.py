# SPDX-License-Identifier: GPL-3.0-or-later
"""report.py - the table of the rows: for people, as Markdown, as JSON."""
import json

HEAD = ('row', 'bar', 'median', 'quartiles', 'verdict', 'what')


def _number(value, unit):
    digits = 3 if abs(value) < 10 else 1 if abs(value) < 1000 else 0
    return '%.*f%s' % (digits, value, ' ' + unit if unit else '')


def cells(row):
    """Gives the row's cells, as texts."""
    bar = '%s %g%s' % (row.direction, row.bar, ' ' + row.unit if row.unit else '') \
        if row.direction else ''
    if not row.values:
        return row.name, bar, '', '', row.verdict, '%s: %s' % (row.what, row.missing)
    spread = ' to '.join(_number(part, '') for part in row.quartiles) if row.quartiles else ''
    return row.name, bar, _number(row.median, row.unit), spread, row.verdict, row.what


def print_head():
    """Prints the head of the table."""
    print('%-22s %-17s %-12s %-18s %-12s %s' % HEAD, flush=True)


def print_row(row):
    """Prints one row."""
    print('%-22s %-17s %-12s %-18s %-12s %s' % cells(row), flush=True)


def sum_up(rows):
    """Gives the last line."""
    count = {}
    for row in rows:
        count[row.verdict] = count.get(row.verdict, 0) + 1
    return '%d met, %d NOT MET, %d not measured' % tuple(
        count.get(word, 0) for word in ('met', 'NOT MET', 'not measured'))


def write_json(path, machine, rows):
    """Writes everything that was measured."""
    with open(path, 'w', encoding='utf-8') as out:
        json.dump({'machine': machine, 'rows': [row.as_json() for row in rows]}, out, indent=1)
        out.write('\n')


def write_markdown(path, machine, how, rows):
    """Writes the results as a page."""
    lines = ['# What `make bench` measured', '',
             'Written by the command; do not edit. ' + how + 
             ' [LIMITS.md](LIMITS.md) says why a row misses its bar.', '']
    lines += ['- %s: %s' % item for item in machine.items()]
    lines += ['', '| ' + ' | '.join(HEAD) + ' |', '|' + '---|' * len(HEAD)]
    lines += ['| ' + ' | '.join(cells(row)) + ' |' for row in rows]
    lines += ['', sum_up(rows) + '.']
    noted = [row for row in rows if row.notes]
    if noted:
        lines += ['', 'Behind the ratios:', '']
        lines += ['- %s: %s' % (row.name, ', '.join(
            '%s %s' % (key.replace('_', ' '), value if isinstance(value, str) else _number(value, ''))
            for key, value in row.notes.items())) for row in noted]
    with open(path, 'w', encoding='utf-8') as out:
        out.write('\n'.join(lines) + '\n')
