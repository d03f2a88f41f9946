/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_check_smtp.c - SMTP replies of hostile servers, as "danectl check" reads them.
 */
#include <string.h>

#include "client-shims/danectl/check_smtp.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span reply = {(const char *)data, size};
    int code = -1;
    enum check_smtp_status whole = check_smtp_reply(reply, &code);
    bool offers = check_smtp_offers_starttls(reply);

    FUZZ_CHECK((whole == CHECK_SMTP_OK) == (code != -1));
    FUZZ_CHECK(code == -1 || (code >= 200 && code <= 599));
    FUZZ_CHECK(whole != CHECK_SMTP_OK || data[size - 1] == '\n');
    FUZZ_CHECK(!offers || size > 12);
    /* However it comes in pieces, it is not taken before its end, and what is malformed stays so.
     */
    for (size_t part = 0; part < size && size < 200; part++) {
        enum check_smtp_status status = check_smtp_reply((struct span){reply.data, part}, &code);
        FUZZ_CHECK(whole != CHECK_SMTP_OK || status == CHECK_SMTP_MORE);
        FUZZ_CHECK(status != CHECK_SMTP_MALFORMED || whole == CHECK_SMTP_MALFORMED);
    }
    return 0;
}
