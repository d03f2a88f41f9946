/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main.c - the daemon: reads the configuration, opens the listeners, runs the loop.
 */
int main(void)
{
    return 0;
}
