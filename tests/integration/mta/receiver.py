#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""
receiver.py - SMTP servers with STARTTLS that take every message and write down how it came.

    receiver.py LOG ADDRESS=CHAIN.pem,KEY.pem ...      ADDRESS=- offers no STARTTLS

One line of LOG for each message: "received ADDRESS tls=yes|no sni=NAME to=RECIPIENT", one for each
MAIL command: "mail ADDRESS tls=yes|no", and "ready" once every server listens on the ports 25 and 587
of its address.
"""
import asyncio
import logging
import ssl
import sys

LINE_MAX = 4096
PORTS = (25, 587)


class Receiver:
    """One server: its address, its certificate if it has one."""

    def __init__(self, address, chain, log):
        self.address = address
        self.log = log
        self.context = None
        if chain != '-':
            certificates, key = chain.split(',')
            self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.context.load_cert_chain(certificates, key)
            self.context.sni_callback = self.note_name

    @staticmethod
    def note_name(tls, name, _context):
        """Keeps the name that the client asked for, for the log."""
        tls.asked_name = name

    async def start(self):
        """Listens."""
        for port in PORTS:
            await asyncio.start_server(self.serve, self.address, port, limit=LINE_MAX)

    async def serve(self, reader, writer):
        """Talks to one client until it leaves."""
        try:
            await self.talk(reader, writer)
        except (OSError, ssl.SSLError, ValueError) as error:
            print('failed %s %r' % (self.address, error), file=self.log)
        finally:
            writer.close()

    async def talk(self, reader, writer):
        """The SMTP session."""
        async def say(text):
            writer.write(text.encode('ascii') + b'\r\n')
            await writer.drain()
        recipients = []
        await say('220 receiver ESMTP')
        while True:
            line = await reader.readline()
            if not line:
                return
            words = line.decode('utf-8', 'replace').split()
            verb = words[0].upper() if words else ''
            tls = writer.get_extra_info('ssl_object')
            if verb == 'EHLO':
                await say('250-receiver')
                if self.context and not tls:
                    await say('250-STARTTLS')
                await say('250 SMTPUTF8')
            elif verb == 'STARTTLS' and self.context and not tls:
                await say('220 go ahead')
                await writer.start_tls(self.context)
            elif verb == 'MAIL':
                print('mail %s tls=%s' % (self.address, 'yes' if tls else 'no'), file=self.log)
                await say('250 ok')
            elif verb == 'RCPT':
                recipients.append(words[1].split('<')[-1].rstrip('>'))
                await say('250 ok')
            elif verb == 'DATA':
                await say('354 end with a dot')
                while (await reader.readline()) not in (b'.\r\n', b''):
                    pass
                for recipient in recipients:
                    print('received %s tls=%s sni=%s to=%s' % (
                        self.address, 'yes' if tls else 'no',
                        getattr(tls, 'asked_name', None), recipient), file=self.log)
                recipients = []
                await say('250 stored')
            elif verb == 'QUIT':
                await say('221 bye')
                return
            else:
                await say('250 ok')


async def main():
    """Starts every server, and serves until it is ended."""
    with open(sys.argv[1], 'a', buffering=1, encoding='utf-8') as log:
        for argument in sys.argv[2:]:
            address, chain = argument.split('=', 1)
            await Receiver(address, chain, log).start()
        print('ready', file=log)
        await asyncio.Event().wait()


if __name__ == '__main__':
    logging.getLogger('asyncio').setLevel(logging.ERROR)  # it warns of every TLS half-close
    asyncio.run(main())
