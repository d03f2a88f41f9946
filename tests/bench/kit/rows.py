# SPDX-License-Identifier: GPL-3.0-or-later
"""rows.py - a row of the table: what is measured, its bar, what came out."""
import statistics

ROWS = []


class Row:
    """One row. direction is 'at most', 'at least', or None: no bar. unit is '' for a ratio."""

    def __init__(self, name, what, direction=None, bar=None, unit=''):
        self.name = name
        self.what = what
        self.direction = direction
        self.bar = bar
        self.unit = unit
        self.values = []
        self.notes = {}
        self.missing = None
        ROWS.append(self)

    def put(self, values, **notes):
        """Takes what was measured: one value, or one a pair; notes are other numbers behind it."""
        self.values = list(values) if isinstance(values, (list, tuple)) else [values]
        self.notes.update(notes)

    def lacks(self, why):
        """Says why there is nothing to measure."""
        self.missing = why

    @property
    def is_done(self):
        """Whether it was measured, or could not be."""
        return bool(self.values) or self.missing is not None

    @property
    def median(self):
        """The middle of the values."""
        return statistics.median(self.values)

    @property
    def quartiles(self):
        """The first and the third quartile, or None of a single value."""
        if len(self.values) < 2:
            return None
        parts = statistics.quantiles(self.values, n=4, method='inclusive')
        return parts[0], parts[2]

    @property
    def verdict(self):
        """One word or two for the table."""
        if self.missing is not None:
            return 'not measured'
        if self.direction is None:
            return ''
        met = self.median <= self.bar if self.direction == 'at most' else self.median >= self.bar
        return 'met' if met else 'NOT MET'

    def as_json(self):
        """Everything there is to know about it."""
        result = {'row': self.name, 'what': self.what, 'unit': self.unit, 'verdict': self.verdict}
        if self.direction:
            result['bar'] = {self.direction: self.bar}
        if self.missing is not None:
            result['missing'] = self.missing
        if self.values:
            result.update(median=self.median, quartiles=self.quartiles, values=self.values)
        result.update(self.notes)
        return result


def interleave(pairs, first, second):
    """Runs A B, B A, A B ...; gives the list of pairs of what first() and second() gave."""
    results = []
    for number in range(pairs):
        if number % 2 == 0:
            one = first()
            two = second()
        else:
            two = second()
            one = first()
        results.append((one, two))
    return results


def ratios(results, value):
    """Gives value(A) / value(B) of each pair."""
    return [value(one) / value(two) for one, two in results]


def median_of(results, value):
    """Gives the medians of value(A) and of value(B)."""
    return tuple(statistics.median(value(pair[side]) for pair in results) for side in (0, 1))


def cpu_us(slice_):
    """The server's CPU time for a request, in microseconds."""
    return slice_['server_cpu_ns'] / slice_['requests'] / 1000


def per_second(slice_):
    """Requests answered in a second."""
    return slice_['requests'] * 1e9 / slice_['wall_ns']
