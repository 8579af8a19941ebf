/* Makes the nth write or sync below a folder fail, and each `step` after it, or the process end.
 *
 * Preloaded into a Python that arms it in a forked child: disk_arm(folder, n, step, mode).  In
 * mode WATCH it calls what disk_watch was given instead, before each write, when half of it is
 * down (1) and before each sync (2): what a folder holds then is what the end of the process
 * would leave there.
 * Syncing is left out: what is tried here is the end of a process, not of the power.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { COUNT, FAIL, FULL, END, TEAR_AND_END, WATCH };

static char folder[512];
static long target, every, calls;
static int mode;
static void (*watcher)(long, int);

void disk_arm(const char *under, long n, long step, int how) {
    strncpy(folder, under, sizeof folder - 1);
    target = n;
    every = step;
    calls = 0;
    mode = how;
}

void disk_watch(void (*told)(long, int)) { watcher = told; }

long disk_calls(void) { return calls; }

static int is_ours(int descriptor) {
    char link[64], path[600];
    if (!folder[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* 0: go on; -1: fail with errno set; 1: put down half of it and end; 2: half of it, and tell. */
static int struck(int descriptor, int is_write) {
    if (!is_ours(descriptor)) return 0;
    calls++;
    if (mode == WATCH) {
        watcher(calls, is_write ? 0 : 2);
        return is_write ? 2 : 0;
    }
    if (mode == COUNT || calls < target || (calls - target) % every) return 0;
    if (mode == FAIL || mode == FULL) {
        errno = mode == FULL && is_write ? ENOSPC : EIO;
        return -1;
    }
    if (mode == END || !is_write) _exit(9);
    return 1;
}

static ssize_t real_pwrite(int descriptor, const void *data, size_t size, off64_t at) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "pwrite64");
    return real(descriptor, data, size, at);
}

static ssize_t real_write(int descriptor, const void *data, size_t size) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "write");
    return real(descriptor, data, size);
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t at) {
    int how = struck(descriptor, 1);
    if (how < 0) return -1;
    if (how > 0) {
        real_pwrite(descriptor, data, size / 2, at);
        if (how == 1) _exit(9);
        watcher(calls, 1);
    }
    return real_pwrite(descriptor, data, size, at);
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t at) {
    return pwrite64(descriptor, data, size, at);
}

ssize_t write(int descriptor, const void *data, size_t size) {
    int how = struck(descriptor, 1);
    if (how < 0) return -1;
    if (how > 0) {
        ssize_t half = real_write(descriptor, data, size / 2);
        if (how == 1) _exit(9);
        watcher(calls, 1);
        if (half < 0) return half;
        ssize_t rest = real_write(descriptor, (const char *)data + half, size - half);
        return rest < 0 ? rest : half + rest;
    }
    return real_write(descriptor, data, size);
}

static int synced(int descriptor, const char *name) {
    if (is_ours(descriptor)) return struck(descriptor, 0) < 0 ? -1 : 0;
    int (*real)(int);
    *(void **)&real = dlsym(RTLD_NEXT, name);
    return real(descriptor);
}

int fsync(int descriptor) { return synced(descriptor, "fsync"); }

int fdatasync(int descriptor) { return synced(descriptor, "fdatasync"); }

int ftruncate64(int descriptor, off64_t size) {
    static int (*real)(int, off64_t);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "ftruncate64");
    if (struck(descriptor, 0) < 0) return -1;
    return real(descriptor, size);
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }
