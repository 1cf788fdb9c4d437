/* SPDX-License-Identifier: Apache-2.0 */
/* log: one line to the journal where there is one, else to standard error. The cores never log.
 *
 * A peer can make us write, so lines of one format (of one point, for log_point) are written at
 * most 20 times in 10 s; the next line of any kind after that says how many there were more. The
 * format is known by its address: give literals. Control characters become blanks, long lines end
 * in "...". errno stays as it was, and %m in a format is its text. Safe from any thread once
 * log_open has returned.
 */
#ifndef MATSANG_MESH_LOG_H
#define MATSANG_MESH_LOG_H

/* Program name before each line on standard error, and SYSLOG_IDENTIFIER in the journal. Borrowed.
 */
void log_open(const char *program);

/* Show debug lines too (on standard error). */
void log_verbose(int on);

__attribute__((format(printf, 1, 2))) void log_err(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void log_warn(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void log_info(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void log_debug(const char *fmt, ...);

/* The same with MATSANG_POINT=point as a journal field, so that
 * `journalctl MATSANG_POINT=TT-07-03` tells one point's story. */
__attribute__((format(printf, 2, 3))) void log_point(const char *point, const char *fmt, ...);

#endif
