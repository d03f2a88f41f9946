# SPDX-License-Identifier: GPL-3.0-or-later
# tree.sh - how a clean copy of the tree is made; sourced.
# shellcheck shell=bash

# tree_copy FROM TO: makes the directory TO, with what is in the tree FROM but for what was built.
tree_copy() {
    mkdir "$2" || return 1
    tar -C "$1" --exclude=./.git --exclude='./build*' --exclude=./debian --exclude=./autom4te.cache \
        --exclude=./config.status --exclude=./config.h --exclude=./Makefile --exclude='*.o' \
        --exclude='*.a' --exclude=.deps --exclude='*.log' --exclude='*.trs' -cf - . |
        tar -C "$2" -xf -
}
