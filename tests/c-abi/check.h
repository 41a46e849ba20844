/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the programs of this room check with: a failure is told with its place, and ends the program. */
#pragma once

#include <sandgraft.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) check((condition) ? 1 : 0, #condition, __FILE__, __LINE__, NULL)

/** What a call returned that has been given `&error`. */
#define MUST(result) check((result) ? 1 : 0, #result, __FILE__, __LINE__, &error)

/** An error of that code has been made; it is freed. */
#define FAILS(call, its_code) check_error((call) ? 1 : 0, #call, __FILE__, __LINE__, &error, its_code)

static inline void check(int good, const char* what, const char* file, int line, sandgraft_error* const* error) {
    if (good) return;
    fprintf(stderr, "%s:%d: %s: %s\n", file, line, what,
            error == NULL || *error == NULL ? "no" : sandgraft_error_get_message(*error));
    exit(1);
}

static inline void check_error(int good, const char* what, const char* file, int line, sandgraft_error** error,
                               sandgraft_error_code code) {
    check(!good, what, file, line, NULL);
    check(*error != NULL, what, file, line, NULL);
    check(sandgraft_error_get_code(*error) == code, what, file, line, error);
    check(sandgraft_error_get_message(*error)[0] != '\0', what, file, line, error);
    sandgraft_error_free(*error);
    *error = NULL;
}

static inline int same(const char* one, const char* other) { return strcmp(one, other) == 0; }
