/* SPDX-License-Identifier: Apache-2.0 */
/* reply: hands the gateway an answer that came by mail; for the mail server's alias. */
#ifndef MATSANG_GATEWAY_CLI_REPLY_H
#define MATSANG_GATEWAY_CLI_REPLY_H

/*
 * The mail on standard input, to the gateway at socket. Ends as sysexits.h has it, which mail
 * servers obey: 0 done (or nothing to do: a program wrote it), 65 it comes back to its sender, 75
 * it is tried again later.
 */
int reply_mail(const char *socket);

#endif
