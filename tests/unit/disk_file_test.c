/* SPDX-License-Identifier: Apache-2.0 */
#include "node/disk_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct stage {
	char folder[64], path[96], fresh[96];
	struct disk disk;
};

static int stage_up(void **state)
{
	struct stage *s = calloc(1, sizeof *s);

	if (!s)
		return -1;
	strcpy(s->folder, "/tmp/disk_file_XXXXXX");
	if (!mkdtemp(s->folder))
		return -1;
	snprintf(s->path, sizeof s->path, "%s/spool", s->folder);
	snprintf(s->fresh, sizeof s->fresh, "%s/spool.new", s->folder);
	*state = s;
	return disk_file_open(&s->disk, s->path);
}

static int stage_down(void **state)
{
	struct stage *s = *state;

	disk_file_close(&s->disk);
	unlink(s->path);
	unlink(s->fresh);
	rmdir(s->folder);
	free(s);
	return 0;
}

static void append(struct stage *s, const char *text)
{
	assert_int_equal(s->disk.append(s->disk.self, text, strlen(text)), 0);
}

static void assert_holds(struct stage *s, const char *text)
{
	char buf[64] = { 0 };

	assert_int_equal(s->disk.size(s->disk.self), strlen(text));
	assert_int_equal(s->disk.read(s->disk.self, 0, buf, sizeof buf - 1), strlen(text));
	assert_string_equal(buf, text);
}

static void reopen(struct stage *s)
{
	disk_file_close(&s->disk);
	assert_int_equal(disk_file_open(&s->disk, s->path), 0);
}

static void a_new_file_is_empty_and_ours_alone(void **state)
{
	struct stage *s = *state;
	struct stat st;

	assert_holds(s, "");
	assert_int_equal(stat(s->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void what_was_appended_is_read_back_also_after_reopening(void **state)
{
	struct stage *s = *state;

	append(s, "mains ");
	append(s, "out");
	assert_int_equal(s->disk.sync(s->disk.self), 0);
	assert_holds(s, "mains out");
	reopen(s);
	append(s, "!");
	assert_holds(s, "mains out!");
}

static void reading_beyond_the_end_gives_what_is_there(void **state)
{
	struct stage *s = *state;
	char buf[8];

	append(s, "abcdef");
	assert_int_equal(s->disk.read(s->disk.self, 4, buf, sizeof buf), 2);
	assert_memory_equal(buf, "ef", 2);
	assert_int_equal(s->disk.read(s->disk.self, 6, buf, sizeof buf), 0);
	assert_int_equal(s->disk.read(s->disk.self, 99, buf, sizeof buf), 0);
}

static void a_torn_tail_can_be_cut(void **state)
{
	struct stage *s = *state;

	append(s, "wholeTORN");
	assert_int_equal(s->disk.cut(s->disk.self, 5), 0);
	assert_int_equal(s->disk.sync(s->disk.self), 0);
	append(s, "again");
	assert_holds(s, "wholeagain");
}

static void a_commit_replaces_the_whole_file(void **state)
{
	struct stage *s = *state;

	append(s, "old and long");
	assert_int_equal(s->disk.begin(s->disk.self), 0);
	assert_int_equal(s->disk.add(s->disk.self, "ne", 2), 0);
	assert_int_equal(s->disk.add(s->disk.self, "w", 1), 0);
	assert_holds(s, "old and long");
	assert_int_equal(s->disk.commit(s->disk.self), 0);
	assert_holds(s, "new");
	assert_int_equal(access(s->fresh, F_OK), -1);
	append(s, "er");
	reopen(s);
	assert_holds(s, "newer");
}

static void without_its_commit_a_new_file_never_was(void **state)
{
	struct stage *s = *state;

	append(s, "old");
	assert_int_equal(s->disk.begin(s->disk.self), 0);
	assert_int_equal(s->disk.add(s->disk.self, "new", 3), 0);
	reopen(s);
	assert_holds(s, "old");
	assert_int_equal(access(s->fresh, F_OK), -1);
}

static void one_left_over_by_a_power_cut_is_dropped(void **state)
{
	struct stage *s = *state;
	const int fd = open(s->fresh, O_CREAT | O_WRONLY, 0644);

	assert_int_equal(write(fd, "half", 4), 4);
	close(fd);
	assert_int_equal(s->disk.begin(s->disk.self), 0);
	assert_int_equal(s->disk.add(s->disk.self, "new", 3), 0);
	assert_int_equal(s->disk.commit(s->disk.self), 0);
	assert_holds(s, "new");
}

static void add_and_commit_without_begin_are_refused(void **state)
{
	struct stage *s = *state;

	append(s, "old");
	assert_int_equal(s->disk.add(s->disk.self, "x", 1), -EBADF);
	assert_int_equal(s->disk.commit(s->disk.self), -EBADF);
	assert_holds(s, "old");
}

/* A limit on file size lets in the first bytes and refuses the rest, as a full card does. */
static void a_full_card_takes_all_or_nothing(void **state)
{
	struct stage *s = *state;
	struct rlimit was, tight;
	int appended, added;

	append(s, "0123456789");
	assert_int_equal(s->disk.begin(s->disk.self), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	tight = (struct rlimit){ .rlim_cur = 12, .rlim_max = was.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	appended = s->disk.append(s->disk.self, "abcdef", 6);
	added = s->disk.add(s->disk.self, "abcdefabcdefabcdef", 18);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);

	assert_int_equal(appended, -EFBIG);
	assert_int_equal(added, -EFBIG);
	assert_int_equal(s->disk.commit(s->disk.self), -EBADF);
	assert_holds(s, "0123456789");
	append(s, "abcdef");
	assert_holds(s, "0123456789abcdef");
}

static void a_second_node_does_not_get_the_same_file(void **state)
{
	struct stage *s = *state;
	struct disk other = { 0 };

	assert_int_equal(disk_file_open(&other, s->path), -EBUSY);
	assert_int_equal(s->disk.begin(s->disk.self), 0);
	assert_int_equal(s->disk.commit(s->disk.self), 0);
	assert_int_equal(disk_file_open(&other, s->path), -EBUSY);
	disk_file_close(&other);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
	struct disk d = { 0 };

	(void)state;
	assert_int_equal(disk_file_open(&d, "/nonexistent/spool"), -ENOENT);
	assert_null(d.self);
}

#define staged(f) cmocka_unit_test_setup_teardown(f, stage_up, stage_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		staged(a_new_file_is_empty_and_ours_alone),
		staged(what_was_appended_is_read_back_also_after_reopening),
		staged(reading_beyond_the_end_gives_what_is_there),
		staged(a_torn_tail_can_be_cut),
		staged(a_commit_replaces_the_whole_file),
		staged(without_its_commit_a_new_file_never_was),
		staged(one_left_over_by_a_power_cut_is_dropped),
		staged(add_and_commit_without_begin_are_refused),
		staged(a_full_card_takes_all_or_nothing),
		staged(a_second_node_does_not_get_the_same_file),
		staged(a_folder_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
