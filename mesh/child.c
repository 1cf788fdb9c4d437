/* SPDX-License-Identifier: Apache-2.0 */
/* child: start another program clean: three descriptors, no blocked or ignored signals. */
#include "mesh/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern char **environ;

static int give(posix_spawn_file_actions_t *files, int fd, int as)
{
	if (fd >= 0)
		return posix_spawn_file_actions_adddup2(files, fd, as);
	return posix_spawn_file_actions_addopen(files, as, "/dev/null",
						as == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
}

/* The loop blocks SIGTERM and SIGCHLD and ignores SIGPIPE: a child that inherited that could not be
 * ended. */
static int clean_signals(posix_spawnattr_t *attr)
{
	sigset_t none, pipe;
	int err;

	sigemptyset(&none);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	err = posix_spawnattr_setsigmask(attr, &none);
	err = err ? err : posix_spawnattr_setsigdefault(attr, &pipe);
	err = err ? err : posix_spawnattr_setpgroup(attr, 0);
	return err ? err
		   : posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
							    POSIX_SPAWN_SETPGROUP);
}

int child_start(pid_t *pid, const char *const *command, size_t n, int in, int out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	char *argv[CHILD_ARGS + 1] = { NULL };
	int err;

	if (n == 0 || n > CHILD_ARGS)
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		memcpy(&argv[i], &command[i], sizeof argv[i]); /* execve never writes to them */
	if (posix_spawn_file_actions_init(&files) != 0)
		return -ENOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return -ENOMEM;
	}
	err = give(&files, in, STDIN_FILENO);
	err = err ? err : give(&files, out, STDOUT_FILENO);
	err = err ? err : posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	err = err ? err : clean_signals(&attr);
	err = err ? err : posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return -err;
}

int child_text(const char *text)
{
	const size_t len = strlen(text);
	int fd = memfd_create("text", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0) {
		close(fd);
		return -ENOMEM;
	}
	return fd;
}
