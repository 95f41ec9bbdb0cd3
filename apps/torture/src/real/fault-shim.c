/*
 * Put before libc by LD_PRELOAD: lets one call on the files below a directory fail, and counts them all.
 *
 * VARVE_FAULT_DIRECTORY  absolute path; calls on what lies below it are counted, from 1
 * VARVE_FAULT_TRACE      a file elsewhere that gets a line for each: number, call, what was done to it, file
 * VARVE_FAULT_AT         number of the call that fails; 0 or nothing: none
 * VARVE_FAULT_ERRNO      with which error; 0: none
 * VARVE_FAULT_SHORT      1: it is a write that moves half of its bytes, and the next one fails with the error. Then
 *                        Node hears of the half; without an error behind it, its library goes on by itself
 * VARVE_FAULT_ON         1: all later calls of the same name fare alike
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES_MAX 65536

static const char *directory;
static size_t directory_length;
static int trace = -1;
static long fault_at;
static int fault_errno;
static int fault_short;
static int fault_goes_on;
static atomic_long calls;
/* The call that was hit, and whether the one after a short write has failed. */
static _Atomic(const char *) hit_call;
static atomic_int followed;
/* Descriptors of files below the directory. */
static atomic_uchar watched[FILES_MAX];

enum outcome { DONE, FAILED, SHORT };

static long number_of(const char *name) {
  const char *text = getenv(name);
  return text == NULL ? 0 : atol(text);
}

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("VARVE_FAULT_TRACE");
  fault_at = number_of("VARVE_FAULT_AT");
  fault_errno = (int)number_of("VARVE_FAULT_ERRNO");
  fault_short = (int)number_of("VARVE_FAULT_SHORT");
  fault_goes_on = (int)number_of("VARVE_FAULT_ON");
  /* Not through open(), which is ours. */
  if (path != NULL) trace = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  directory = getenv("VARVE_FAULT_DIRECTORY");
  if (directory != NULL) directory_length = strlen(directory);
}

static int is_below(const char *path) {
  if (directory_length == 0 || path == NULL || strncmp(path, directory, directory_length) != 0) return 0;
  return path[directory_length] == '/' || path[directory_length] == 0;
}

static int is_watched(int fd) {
  return fd >= 0 && fd < FILES_MAX && atomic_load(&watched[fd]);
}

/* What becomes of a call. */
static enum outcome decide(const char *call, long number, int can_be_short) {
  const char *hit = atomic_load(&hit_call);
  if (number == fault_at) {
    if (fault_short && !can_be_short) return DONE;
    atomic_store(&hit_call, call);
    return fault_short ? SHORT : FAILED;
  }
  if (hit == NULL || strcmp(hit, call) != 0) return DONE;
  if (fault_errno == 0) return fault_goes_on && can_be_short ? SHORT : DONE;
  if (fault_goes_on) return FAILED;
  return fault_short && atomic_exchange(&followed, 1) == 0 ? FAILED : DONE;
}

/* Counts a call and says what becomes of it. */
static enum outcome outcome_of(const char *call, const char *path, int can_be_short) {
  long number = atomic_fetch_add(&calls, 1) + 1;
  enum outcome outcome = decide(call, number, can_be_short);
  if (trace >= 0) {
    static const char *const names[] = {"done", "failed", "short"};
    const char *slash = strrchr(path, '/');
    const char *file = slash == NULL ? path : slash + 1;
    char line[512];
    int length = snprintf(line, sizeof line, "%ld %s %s %.300s\n", number, call, names[outcome], file);
    (void)!syscall(SYS_write, trace, line, (size_t)length);
  }
  if (outcome == FAILED) errno = fault_errno;
  return outcome;
}

static int fails(const char *call, const char *path) {
  return outcome_of(call, path, 0) == FAILED;
}

/* The same for a call on an open file. */
static enum outcome outcome_on(const char *call, int fd, int can_be_short) {
  char link[64];
  char path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length < 0 ? 0 : length] = 0;
  return outcome_of(call, path, can_be_short);
}

static int fails_on(const char *call, int fd) {
  return outcome_on(call, fd, 0) == FAILED;
}

#define REAL(name) ((__typeof__(&name))real_##name(#name))
#define FIND(name)                                          \
  static void *real_##name(const char *symbol) {            \
    static void *found;                                     \
    if (found == NULL) found = dlsym(RTLD_NEXT, symbol);    \
    return found;                                           \
  }

FIND(open) FIND(open64) FIND(close) FIND(write) FIND(pwrite64) FIND(pread64) FIND(fsync) FIND(fdatasync)
FIND(ftruncate64) FIND(rename) FIND(link) FIND(unlink) FIND(mkdir) FIND(scandir64)

static mode_t mode_of(int flags, va_list rest) {
  return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

#define OPEN(name)                                                             \
  int name(const char *path, int flags, ...) {                                 \
    va_list rest;                                                              \
    va_start(rest, flags);                                                     \
    mode_t mode = mode_of(flags, rest);                                        \
    va_end(rest);                                                              \
    int below = is_below(path);                                                \
    if (below && fails("open", path)) return -1;                   \
    int fd = REAL(name)(path, flags, mode);                                    \
    if (fd >= 0 && fd < FILES_MAX) atomic_store(&watched[fd], below);          \
    return fd;                                                                 \
  }

OPEN(open)
OPEN(open64)

int close(int fd) {
  if (is_watched(fd)) atomic_store(&watched[fd], 0);
  return REAL(close)(fd);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  enum outcome outcome = is_watched(fd) ? outcome_on("write", fd, count > 1) : DONE;
  if (outcome == FAILED) return -1;
  return REAL(write)(fd, bytes, outcome == SHORT ? count / 2 : count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  enum outcome outcome = is_watched(fd) ? outcome_on("pwrite", fd, count > 1) : DONE;
  if (outcome == FAILED) return -1;
  return REAL(pwrite64)(fd, bytes, outcome == SHORT ? count / 2 : count, offset);
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset) {
  if (is_watched(fd) && fails_on("pread", fd)) return -1;
  return REAL(pread64)(fd, bytes, count, offset);
}

int fsync(int fd) {
  if (is_watched(fd) && fails_on("fsync", fd)) return -1;
  return REAL(fsync)(fd);
}

int fdatasync(int fd) {
  if (is_watched(fd) && fails_on("fdatasync", fd)) return -1;
  return REAL(fdatasync)(fd);
}

int ftruncate64(int fd, off64_t size) {
  if (is_watched(fd) && fails_on("ftruncate", fd)) return -1;
  return REAL(ftruncate64)(fd, size);
}

int rename(const char *from, const char *to) {
  if (is_below(from) && fails("rename", from)) return -1;
  return REAL(rename)(from, to);
}

int link(const char *from, const char *to) {
  if (is_below(to) && fails("link", to)) return -1;
  return REAL(link)(from, to);
}

int unlink(const char *path) {
  if (is_below(path) && fails("unlink", path)) return -1;
  return REAL(unlink)(path);
}

int mkdir(const char *path, mode_t mode) {
  if (is_below(path) && fails("mkdir", path)) return -1;
  return REAL(mkdir)(path, mode);
}

int scandir64(const char *path, struct dirent64 ***names, int (*filter)(const struct dirent64 *),
              int (*compare)(const struct dirent64 **, const struct dirent64 **)) {
  if (is_below(path) && fails("scandir", path)) return -1;
  return REAL(scandir64)(path, names, filter, compare);
}
