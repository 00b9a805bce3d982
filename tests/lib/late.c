/*
 * late.c - a library for LD_PRELOAD: threads that are slow to wake, or missing.
 *
 *	QB_LATE_FROM=N  the N-th thread that is made, from 1, and those after
 *			it come back from each pthread_cond_wait() a tenth of a
 *			second late, as on a machine that has other things to do
 *	QB_LATE_NONE=N  the N-th is not made: EAGAIN
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { LATE_US = 100 * 1000 };

static _Atomic int made;
static _Thread_local int which; /* 0: the first, which was not made */

struct begun {
	void *(*work)(void *);
	void *with;
	int which;
};

/* The newest version of what this library takes the place of: plain dlsym()
 * gives the oldest of pthread_cond_wait(), which takes another structure. */
static void *
real(const char *name)
{
	static const char *const versions[] = { "GLIBC_2.34", "GLIBC_2.17",
						"GLIBC_2.3.2" };
	void *found = NULL;

	for (size_t i = 0; !found && i < sizeof(versions) / sizeof(*versions);
	     i++)
		found = dlvsym(RTLD_NEXT, name, versions[i]);
	if (!found)
		abort();
	return found;
}

static void *
begin(void *given)
{
	struct begun begun = *(struct begun *)given;

	free(given);
	which = begun.which;
	return begun.work(begun.with);
}

int
pthread_create(pthread_t *thread, const pthread_attr_t *how,
	       void *(*work)(void *), void *with)
{
	int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
		    void *) = real("pthread_create");
	const char *none = getenv("QB_LATE_NONE");
	int now = ++made;

	if (none && now == atoi(none))
		return EAGAIN;
	struct begun *begun = malloc(sizeof(*begun));
	if (!begun)
		abort();
	*begun = (struct begun){ work, with, now };
	return next(thread, how, begin, begun);
}

int
pthread_cond_wait(pthread_cond_t *changed, pthread_mutex_t *lock)
{
	int (*next)(pthread_cond_t *, pthread_mutex_t *) =
		real("pthread_cond_wait");
	const char *from = getenv("QB_LATE_FROM");
	int status = next(changed, lock);

	if (from && which >= atoi(from)) {
		pthread_mutex_unlock(lock);
		usleep(LATE_US);
		pthread_mutex_lock(lock);
	}
	return status;
}
