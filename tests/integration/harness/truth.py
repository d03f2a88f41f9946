# SPDX-License-Identifier: GPL-3.0-or-later
"""truth.py - how each map words the level of a destination; what is wrong with a reply."""
from dns import zones

WORDS = {'dane-required': 'OK dane-only', 'dane': 'OK dane', 'encrypt': 'OK encrypt', 'may': 'OK may'}
MAPS = ('policy', 'dane', 'pin', 'dry-run')


def read_table(path):
    """Gives the rows of the table of expectations."""
    with open(path, encoding='utf-8') as file:
        return [line.rstrip('\n').split('\t') for line in file if not line.startswith('#')]


def wrong_pin(reply, pin, words):
    """Says what is wrong with a reply of the map pin, or gives None."""
    if pin == '-' and reply.startswith('OK fingerprint '):
        return None
    if pin in (zones.AS_DANE, '-'):
        return None if reply == words else 'pin %r, not %r' % (reply, words)
    parts = reply.split(' ')
    matches = parts[2] if len(parts) == 4 else ''
    good = (parts[:2] == ['OK', 'fingerprint'] and matches.startswith('match=')
            and parts[3:] == ['servername=hostname']
            and sorted(matches[6:].lower().split('|')) == sorted(pin.split('|')))
    return None if good else 'pin %r, not the digests %s' % (reply, pin)


def wrong_reply(map_name, reply, level, reason, pin):
    """Says what is wrong with a map's reply for a destination of that level and reason, or gives None."""
    if reason == 'bad-request':
        words = 'PERM '
    elif map_name == 'dry-run':
        return None if reply == 'NOTFOUND ' else 'dry-run %r' % reply
    elif level == 'defer':
        words = 'TEMP '
    else:
        words = 'NOTFOUND ' if level == 'may' and map_name != 'policy' else WORDS[level]
        if map_name == 'pin':
            return wrong_pin(reply, pin, words)
        return None if reply == words else '%s %r' % (map_name, reply)
    good = reply.startswith(words) and len(reply) > len(words)
    return None if good else '%s %r, not %s' % (map_name, reply, words)
