/* SPDX-License-Identifier: Apache-2.0 */
/*
 * disk_file: what the spool takes for synced and committed is what the system is asked for, in the
 * right order. The linker hands us each call that changes something (--wrap); it is written down,
 * refused when a test wants so, and otherwise done.
 */
#include "node/disk_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t __real_pwrite(int fd, const void *buf, size_t len, off_t off);
ssize_t __wrap_pwrite(int fd, const void *buf, size_t len, off_t off);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_ftruncate(int fd, off_t len);
int __wrap_ftruncate(int fd, off_t len);
int __real_renameat(int from, const char *a, int to, const char *b);
int __wrap_renameat(int from, const char *a, int to, const char *b);
int __real_unlinkat(int folder, const char *name, int flags);
int __wrap_unlinkat(int folder, const char *name, int flags);

static struct stage {
	char folder[64], path[96], fresh[96];
	struct disk disk;
	char log[512];
	const char *refuse; /* a line of the log that fails */
	const char *refuse_too;
	int why;
	size_t lets_in; /* bytes of a refused write that go in before it fails */
} s;

/* What a descriptor is: "spool", "new" (beside it), or "folder". */
static const char *what(int fd)
{
	struct stat st, at;

	if (fstat(fd, &st) < 0)
		return "?";
	if (S_ISDIR(st.st_mode))
		return "folder";
	if (stat(s.path, &at) == 0 && at.st_ino == st.st_ino)
		return "spool";
	return stat(s.fresh, &at) == 0 && at.st_ino == st.st_ino ? "new" : "?";
}

/* True when it is to fail. */
static bool noted(const char *verb, const char *noun)
{
	char line[32];

	snprintf(line, sizeof line, "%s %s", verb, noun);
	if (s.log[0])
		strncat(s.log, ", ", sizeof s.log - strlen(s.log) - 1);
	strncat(s.log, line, sizeof s.log - strlen(s.log) - 1);
	if (!(s.refuse && strcmp(s.refuse, line) == 0) &&
	    !(s.refuse_too && strcmp(s.refuse_too, line) == 0))
		return false;
	errno = s.why;
	return true;
}

ssize_t __wrap_pwrite(int fd, const void *buf, size_t len, off_t off)
{
	size_t in = s.lets_in;

	if (!noted("write", what(fd)))
		return __real_pwrite(fd, buf, len, off);
	s.lets_in = 0;
	return in ? __real_pwrite(fd, buf, in, off) : -1;
}

int __wrap_fsync(int fd)
{
	return noted("sync", what(fd)) ? -1 : __real_fsync(fd);
}

int __wrap_fdatasync(int fd)
{
	return noted("sync", what(fd)) ? -1 : __real_fdatasync(fd);
}

int __wrap_ftruncate(int fd, off_t len)
{
	return noted("cut", what(fd)) ? -1 : __real_ftruncate(fd, len);
}

int __wrap_renameat(int from, const char *a, int to, const char *b)
{
	return noted("rename", strstr(a, ".new") ? "new" : a) ? -1
							      : __real_renameat(from, a, to, b);
}

int __wrap_unlinkat(int folder, const char *name, int flags)
{
	return noted("remove", strstr(name, ".new") ? "new" : name)
		       ? -1
		       : __real_unlinkat(folder, name, flags);
}

static int stage_up(void **state)
{
	(void)state;
	memset(&s, 0, sizeof s);
	strcpy(s.folder, "/tmp/disk_order_XXXXXX");
	if (!mkdtemp(s.folder))
		return -1;
	snprintf(s.path, sizeof s.path, "%s/spool", s.folder);
	snprintf(s.fresh, sizeof s.fresh, "%s/spool.new", s.folder);
	return disk_file_open(&s.disk, s.path);
}

static int stage_down(void **state)
{
	(void)state;
	s.refuse = NULL;
	disk_file_close(&s.disk);
	unlink(s.path);
	unlink(s.fresh);
	rmdir(s.folder);
	return 0;
}

static void did(const char *log)
{
	assert_string_equal(s.log, log);
	s.log[0] = '\0';
}

static void refuse(const char *line, int why)
{
	s.refuse = line;
	s.why = why;
}

static void holds(const char *text)
{
	char buf[64] = { 0 };

	assert_int_equal(s.disk.size(s.disk.self), strlen(text));
	assert_int_equal(s.disk.read(s.disk.self, 0, buf, sizeof buf - 1), strlen(text));
	assert_string_equal(buf, text);
}

static int append(const char *text)
{
	return s.disk.append(s.disk.self, text, strlen(text));
}

static int sync_file(void)
{
	return s.disk.sync(s.disk.self);
}

static int begin_with(const char *text)
{
	int err = s.disk.begin(s.disk.self);

	return err ? err : s.disk.add(s.disk.self, text, strlen(text));
}

static int commit(void)
{
	return s.disk.commit(s.disk.self);
}

static void a_new_file_is_in_its_folder_for_good(void **state)
{
	(void)state;
	did("remove new, sync folder");
}

static void an_append_is_a_write_and_a_sync_a_sync(void **state)
{
	(void)state;
	s.log[0] = '\0';
	assert_int_equal(append("abc"), 0);
	did("write spool");
	assert_int_equal(sync_file(), 0);
	did("sync spool");
	assert_int_equal(s.disk.cut(s.disk.self, 1), 0);
	did("cut spool");
}

static void a_commit_syncs_the_new_file_then_renames_then_syncs_the_folder(void **state)
{
	(void)state;
	s.log[0] = '\0';
	assert_int_equal(begin_with("new"), 0);
	did("remove new, write new");
	assert_int_equal(commit(), 0);
	did("sync new, rename new, sync folder");
	holds("new");
	assert_int_equal(append("er"), 0);
	assert_int_equal(sync_file(), 0);
	did("write spool, sync spool");
}

static void what_cannot_be_synced_is_not_renamed(void **state)
{
	(void)state;
	assert_int_equal(append("old"), 0);
	assert_int_equal(begin_with("new"), 0);
	s.log[0] = '\0';
	refuse("sync new", EIO);
	assert_int_equal(commit(), -EIO);
	did("sync new, remove new");
	holds("old");
	assert_int_equal(access(s.fresh, F_OK), -1);
}

static void what_cannot_be_renamed_leaves_the_old_file(void **state)
{
	(void)state;
	assert_int_equal(append("old"), 0);
	assert_int_equal(begin_with("new"), 0);
	s.log[0] = '\0';
	refuse("rename new", EROFS);
	assert_int_equal(commit(), -EROFS);
	did("sync new, rename new, remove new");
	holds("old");
	assert_int_equal(append("er"), 0);
	holds("older");
}

static void until_the_folder_is_synced_no_sync_succeeds(void **state)
{
	(void)state;
	assert_int_equal(begin_with("new"), 0);
	s.log[0] = '\0';
	refuse("sync folder", EIO);
	assert_int_equal(commit(), 0);
	did("sync new, rename new, sync folder");
	assert_int_equal(append("er"), 0);
	assert_int_equal(sync_file(), -EIO);
	did("write spool, sync spool, sync folder");
	s.refuse = NULL;
	assert_int_equal(sync_file(), 0);
	did("sync spool, sync folder");
	assert_int_equal(sync_file(), 0);
	did("sync spool");
}

static void a_sync_that_fails_says_so(void **state)
{
	(void)state;
	assert_int_equal(append("abc"), 0);
	refuse("sync spool", EIO);
	assert_int_equal(sync_file(), -EIO);
}

static void half_a_write_is_cut_off_again(void **state)
{
	(void)state;
	assert_int_equal(append("0123"), 0);
	s.log[0] = '\0';
	refuse("write spool", ENOSPC);
	s.lets_in = 2;
	assert_int_equal(append("abcdef"), -ENOSPC);
	did("write spool, write spool, cut spool");
	holds("0123");
}

/* The record after it must not stand behind half of another, where nobody would find it. */
static void half_a_write_that_stays_is_written_over(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(append("0123"), 0);
	refuse("write spool", EIO);
	s.refuse_too = "cut spool";
	s.lets_in = 2;
	assert_int_equal(append("abcdef"), -EIO);
	assert_int_equal(stat(s.path, &st), 0);
	assert_int_equal(st.st_size, 6);
	s.refuse = s.refuse_too = NULL;
	holds("0123");
	assert_int_equal(append("ghijkl"), 0);
	holds("0123ghijkl");
}

#define staged(f) cmocka_unit_test_setup_teardown(f, stage_up, stage_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		staged(a_new_file_is_in_its_folder_for_good),
		staged(an_append_is_a_write_and_a_sync_a_sync),
		staged(a_commit_syncs_the_new_file_then_renames_then_syncs_the_folder),
		staged(what_cannot_be_synced_is_not_renamed),
		staged(what_cannot_be_renamed_leaves_the_old_file),
		staged(until_the_folder_is_synced_no_sync_succeeds),
		staged(a_sync_that_fails_says_so),
		staged(half_a_write_is_cut_off_again),
		staged(half_a_write_that_stays_is_written_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
