/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox: a process that reads a stranger's bytes gives up what it does not need. */
#ifndef MATSANG_NODE_EYE_SANDBOX_H
#define MATSANG_NODE_EYE_SANDBOX_H

/*
 * No new rights, no core file, no file written, nobody of the same user looks into its memory (it
 * holds a password), and limits on memory, processor time and open files. Whatever happens, the
 * process ends life_s seconds from now, by SIGALRM.
 */
void sandbox_enter(unsigned life_s);

#endif
