/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SANDGRAFT_H
#define SANDGRAFT_H

/**
 * @file
 * The C interface of Sandgraft. It is the stable one: a program that was linked with libsandgraft-c.so.1 runs with
 * every later libsandgraft-c.so.1. What a function does, and when it fails, is what the C++ headers say of the function
 * or the field that it is named after; this is what holds for all of them.
 *
 * 1. Objects. Everything is an opaque object; no structure has a size that a program could depend on. There are values
 *    (descriptions, options, units, lists), which hold no resources but memory, and live objects: sandgraft_host,
 *    sandgraft_instance, sandgraft_process, sandgraft_pending_start and sandgraft_sandbox_events.
 *
 * 2. Ownership. What a function returns without const belongs to the caller, who gives it back with the _free function
 *    of its type; texts (char *) with sandgraft_string_free(). Every _free takes NULL, and nothing is freed twice. What
 *    is returned with const belongs to the object that it came from, and holds until that object is changed or freed.
 *    What is given to a function is copied, and stays the caller's; but the user data of a callback, see 6.
 *
 * 3. Errors. A function that can fail takes `sandgraft_error **error` as its last argument, and returns NULL, false or
 *    -1 when it has failed. Where error is not NULL, *error is then a new error, which the caller frees; it is not
 * looked at before, and left alone when there was no failure. An error has a code, a message of one line and, where
 * libvirt is the reason, libvirt's own code. No exception leaves the library, and no longjmp(3) may leave a callback.
 * When memory runs out the error is SANDGRAFT_ERROR_IO with the message "out of memory".
 *
 * 4. NULL and nonsense. NULL for an object, a text or a list that is needed is SANDGRAFT_ERROR_INVALID, and so is
 *    a number that an enumeration does not have. Functions without `error` return NULL, 0 or false for NULL. An index
 *    beyond the end of a list gives NULL. For options (sandgraft_host_options, sandgraft_start_options,
 *    sandgraft_streams, sandgraft_provision, sandgraft_unit_source, sandgraft_unit_graph_options) NULL stands for the
 *    defaults. An object that was freed, or is none, is not recognized: that is the one thing which crashes.
 *
 * 5. Texts end with a NUL, and are bytes as the kernel has them: paths, arguments and variables may be in any encoding.
 *    Lists of texts are given as an array that ends with NULL, as argv does; environments as "NAME=value". Messages of
 *    errors are printable UTF-8. Enumerations are int, so that their size depends on no compiler, and may get further
 *    values, which a program has to expect.
 *
 * 6. Callbacks have user data, and a function that destroys the data, which may be NULL. That is called exactly once,
 *    when nothing of the library refers to the callback any more, also where the call that was given it fails. It may
 * be called in a thread of the library's. The callbacks themselves are called in the thread that is in _wait() or
 *    _dispatch() (of the host options and start options: also in sandgraft_host_start() and its like), never while a
 *    lock is held. They may call every function but a _wait(), and may free any object: one that is in use goes away
 *    when that use is over.
 *
 * 7. Threads. A value is used by one thread at a time, or by any number that do not change it; a sandgraft_unit_set by
 *    one at a time, for it reads when it is asked. Live objects are used by any number of threads, but events by one at
 *    a time, and freed by the last of them. There is no state besides the objects: threads that share none never wait
 *    for each other.
 *
 * 8. Descriptors that are given to the library stay the caller's, and their mode is not changed. Those that it returns
 *    stay the object's: to be polled, not to be read or closed.
 *
 * 9. Event loops. Nothing waits in the background for the caller. A program with its own loop polls the descriptor of
 *    each sandgraft_instance, sandgraft_pending_start and sandgraft_sandbox_events for input, and calls its _dispatch()
 *    (of events its _next()) when there is some; callbacks come from there. Any other program calls _wait().
 *
 * 10. Processes. Live objects belong to the process that made them. A child of fork(2) may only free them, which does
 *     not touch what they stand for.
 */

#include "sandgraft-c/base.h"
#include "sandgraft-c/model.h"
#include "sandgraft-c/session.h"
#include "sandgraft-c/units.h"

#endif
