/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Part of sandgraft.h: the version, errors and lists of texts. */
#ifndef SANDGRAFT_C_BASE_H
#define SANDGRAFT_C_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif
#ifdef __cplusplus
extern "C" {
#endif

/** The version of the headers that a program was compiled with. */
#define SANDGRAFT_VERSION_MAJOR 0
#define SANDGRAFT_VERSION_MINOR 1
#define SANDGRAFT_VERSION_PATCH 0

/** Versions as numbers that can be compared: `#if SANDGRAFT_VERSION >= SANDGRAFT_VERSION_NUMBER(0, 2, 0)`. */
#define SANDGRAFT_VERSION_NUMBER(major, minor, patch) ((major)*1000000 + (minor)*1000 + (patch))
#define SANDGRAFT_VERSION \
    SANDGRAFT_VERSION_NUMBER(SANDGRAFT_VERSION_MAJOR, SANDGRAFT_VERSION_MINOR, SANDGRAFT_VERSION_PATCH)

/** The version of the library that the program runs with, as such a number. */
int sandgraft_version(void);

/** The same as text, such as "0.1.0". */
const char* sandgraft_version_string(void);

/** What kind of failure an error reports. */
typedef int sandgraft_error_code;
enum {
    SANDGRAFT_ERROR_INVALID = 1,     /**< a description, option, argument or file is malformed or contradicts itself */
    SANDGRAFT_ERROR_NOT_FOUND = 2,   /**< a file, unit or sandbox that was named does not exist */
    SANDGRAFT_ERROR_EXISTS = 3,      /**< the name is already taken */
    SANDGRAFT_ERROR_UNSUPPORTED = 4, /**< the backend or this version cannot honour the request */
    SANDGRAFT_ERROR_DENIED = 5,      /**< the operating system or libvirt refused permission */
    SANDGRAFT_ERROR_HYPERVISOR = 6,  /**< libvirt failed or cannot be reached */
    SANDGRAFT_ERROR_PROTOCOL = 7,    /**< the peer in the sandbox broke the channel protocol */
    SANDGRAFT_ERROR_IO = 8,          /**< an operating system call failed, or memory ran out */
    SANDGRAFT_ERROR_REFUSED = 9,     /**< systemd's rules refuse the transaction */
    SANDGRAFT_ERROR_WRONG_STATE = 10 /**< a sandbox is running, or is not, and the call needs the other */
};

typedef struct sandgraft_error sandgraft_error;

sandgraft_error_code sandgraft_error_get_code(const sandgraft_error* error);

/** What failed, on which object and why, as one line without a period at its end. */
const char* sandgraft_error_get_message(const sandgraft_error* error);

/** The virErrorNumber of libvirt where it is the reason, else 0. */
int sandgraft_error_get_libvirt_code(const sandgraft_error* error);

void sandgraft_error_free(sandgraft_error* error);

/** Frees a text that a function has returned as `char *`. */
void sandgraft_string_free(char* text);

/** A list of texts, which is only read. */
typedef struct sandgraft_strings sandgraft_strings;

size_t sandgraft_strings_count(const sandgraft_strings* list);
const char* sandgraft_strings_get(const sandgraft_strings* list, size_t index);
void sandgraft_strings_free(sandgraft_strings* list);

/** Destroys the user data of a callback. */
typedef void (*sandgraft_destroy_func)(void* user_data);

#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
