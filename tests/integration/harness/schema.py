# SPDX-License-Identifier: GPL-3.0-or-later
"""schema.py - checks a value against a JSON schema: the few words of it that daned's schemas use."""
import functools
import json
import os
import re

DIRECTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'packaging', 'man')

TYPES = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'null': type(None)}
KNOWN = {'$schema', '$ref', 'title', 'description', 'definitions', 'type', 'enum', 'pattern', 'minimum',
         'maximum', 'required', 'properties', 'additionalProperties', 'items', 'oneOf'}


def is_type(value, name):
    """Whether a value is of a type of JSON schema; true is no integer."""
    if name in ('integer', 'number'):
        kinds = int if name == 'integer' else (int, float)
        return isinstance(value, kinds) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


@functools.cache
def load(name):
    """Gives the schema that is kept beside the manual under a name."""
    with open(os.path.join(DIRECTORY, name + '.schema.json'), encoding='utf-8') as file:
        return json.load(file)


def wrong(value, name):
    """What is wrong with a value by the schema of that name, in one line; None: nothing."""
    return '; '.join(faults(value, load(name))[:5]) or None


def resolve(schema, root):
    """Follows a $ref into the root's definitions."""
    while '$ref' in schema:
        schema = root['definitions'][schema['$ref'].rsplit('/', 1)[1]]
    return schema


def faults(value, schema, root=None, at='$'):
    """Gives what is wrong with a value, as a list of sentences."""
    root = root or schema
    unknown = set(schema) - KNOWN
    if unknown:
        raise ValueError('the schema has words that are not checked: %s' % unknown)
    schema = resolve(schema, root)
    found = []
    if 'oneOf' in schema:
        tried = [faults(value, one, root, at) for one in schema['oneOf']]
        if sum(not wrong_here for wrong_here in tried) != 1:
            found += min(tried, key=len) or ['%s fits more than one form' % at]
    types = schema.get('type', [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_type(value, name) for name in types):
        return ['%s is %r, not %s' % (at, value, types)]
    if 'enum' in schema and value not in schema['enum']:
        found.append('%s is %r' % (at, value))
    if isinstance(value, str) and not re.search(schema.get('pattern', ''), value):
        found.append('%s is %r' % (at, value))
    if is_type(value, 'integer') and not (schema.get('minimum', value) <= value
                                          <= schema.get('maximum', value)):
        found.append('%s is %r' % (at, value))
    if isinstance(value, dict):
        members = schema.get('properties', {})
        found += ['%s has no %s' % (at, key) for key in schema.get('required', []) if key not in value]
        for key, member in value.items():
            if key in members:
                found += faults(member, members[key], root, '%s.%s' % (at, key))
            elif schema.get('additionalProperties') is False:
                found.append('%s has %s, of which the schema says nothing' % (at, key))
            else:
                found += faults(member, schema.get('additionalProperties', {}), root, '%s.%s' % (at, key))
    if isinstance(value, list) and 'items' in schema:
        for index, item in enumerate(value):
            found += faults(item, schema['items'], root, '%s[%d]' % (at, index))
    return found
