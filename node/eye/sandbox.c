/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox: a process that reads a stranger's bytes gives up what it does not need. */
#include "node/eye/sandbox.h"

#include "mesh/sanitized.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CPU_S = 5, FILES = 16 };

#define MEMORY ((rlim_t)256 << 20)

static void limit(__rlimit_resource_t what, rlim_t most)
{
	setrlimit(what, &(struct rlimit){ most, most });
}

void sandbox_enter(unsigned life_s)
{
	signal(SIGPIPE, SIG_IGN);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, CPU_S);
	limit(RLIMIT_NOFILE, FILES);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!SANITIZED) {
		limit(RLIMIT_AS, MEMORY);
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	}
	alarm(life_s);
}
