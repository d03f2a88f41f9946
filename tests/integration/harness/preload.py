# SPDX-License-Identifier: GPL-3.0-or-later
"""preload.py - puts a library of the test's own between the program under test and libc."""
import os
import subprocess


def build(directory, name, source):
    """Compiles the text of a C file into a library; gives the environment that has it loaded."""
    path = os.path.join(directory, name)
    with open(path + '.c', 'w', encoding='ascii') as file:
        file.write(source)
    subprocess.run(['cc', '-shared', '-fPIC', '-O1', '-o', path + '.so', path + '.c', '-ldl'], check=True)
    # A sanitizer wants to be the first library, which here it need not be.
    options = os.environ.get('ASAN_OPTIONS', '')
    return {'LD_PRELOAD': path + '.so', 'ASAN_OPTIONS': options + ':verify_asan_link_order=0'}
