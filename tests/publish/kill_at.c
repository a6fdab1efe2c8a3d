/* Preloaded into a program, it ends it as `kill -9` does, right before one of the changes that the program makes below a folder; a write
   is half done then. KILLED_BELOW is the folder with a slash at its end, KILLED_AT the change, from 0. Which one it was is told on stderr. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_due(const char *what, const char *path) {
    static atomic_int n_changes;
    const char *below = getenv("KILLED_BELOW"), *at = getenv("KILLED_AT");
    if (below == NULL || at == NULL || strncmp(path, below, strlen(below)) != 0) return 0;
    if (atomic_fetch_add(&n_changes, 1) != atoi(at)) return 0;
    dprintf(STDERR_FILENO, "killed before %s %s\n", what, path + strlen(below));
    return 1;
}

static void end(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static void change(const char *what, const char *path) {
    if (is_due(what, path)) end();
}

/* The path of an open file. */
static const char *path_of(int file) {
    static _Thread_local char path[4096];
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    return path;
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if (flags & (O_CREAT | O_TRUNC)) change("open", path);
    return REAL(open64)(path, flags, mode);
}

ssize_t write(int file, const void *bytes, size_t length) {
    if (file > STDERR_FILENO && is_due("write", path_of(file))) {
        REAL(write)(file, bytes, length / 2);
        end();
    }
    return REAL(write)(file, bytes, length);
}

int fsync(int file) {
    change("fsync", path_of(file));
    return REAL(fsync)(file);
}

int rename(const char *from, const char *to) {
    change("rename", to);
    return REAL(rename)(from, to);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    change("link", to);
    return REAL(linkat)(from_folder, from, to_folder, to, flags);
}

int unlink(const char *path) {
    change("unlink", path);
    return REAL(unlink)(path);
}

int mkdir(const char *path, mode_t mode) {
    change("mkdir", path);
    return REAL(mkdir)(path, mode);
}

int rmdir(const char *path) {
    change("rmdir", path);
    return REAL(rmdir)(path);
}
