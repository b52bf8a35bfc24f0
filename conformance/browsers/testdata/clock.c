/*
 * A monotonic clock that can be set ahead. It is preloaded into an engine, and adds the
 * seconds in the file that CROSSGATE_CLOCK names, a long. With it, a test can measure how
 * long an engine caches a preflight's answer without waiting for hours.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const long not_ahead;
static volatile const long *ahead = &not_ahead;

__attribute__((constructor)) static void start(void) {
	const char *path = getenv("CROSSGATE_CLOCK");
	int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (file < 0)
		return;
	void *shared = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
	if (shared != MAP_FAILED)
		ahead = shared;
	close(file);
}

/* Uses the system call, because this function replaces the C library's own. */
int clock_gettime(clockid_t clock, struct timespec *t) {
	int failed = syscall(SYS_clock_gettime, clock, t);
	switch (clock) {
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		if (!failed)
			t->tv_sec += *ahead;
	}
	return failed;
}

/*
 * The system waits by its own clock, so a time of the clock above is converted to it. A
 * time of the wall clock stays unchanged; it is recognized by its size.
 */
static struct timespec of_system(const struct timespec *t) {
	struct timespec real = *t;
	if (real.tv_sec < 1000000000)
		real.tv_sec = real.tv_sec > *ahead ? real.tv_sec - *ahead : 0;
	return real;
}

int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *t) {
	/* Looked up here, because threads run before this library's constructor. */
	int (*wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *) = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
	struct timespec real = of_system(t);
	return wait(cond, mutex, &real);
}

int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *t) {
	int (*wait)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *) = dlsym(RTLD_NEXT, "pthread_cond_clockwait");
	struct timespec real = of_system(t);
	return wait(cond, mutex, clock, &real);
}
