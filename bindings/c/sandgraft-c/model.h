/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Part of sandgraft.h: descriptions of sandboxes and their libvirt documents. */
#ifndef SANDGRAFT_C_MODEL_H
#define SANDGRAFT_C_MODEL_H

#include "base.h"

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif
#ifdef __cplusplus
extern "C" {
#endif

/* Mounts. */

/** What a mount shows. */
typedef int sandgraft_mount_kind;
enum {
    SANDGRAFT_MOUNT_KIND_HOST_BIND = 0,  /**< a directory or file of the host: path */
    SANDGRAFT_MOUNT_KIND_GUEST_BIND = 1, /**< one that the sandbox has, at a second place: path */
    SANDGRAFT_MOUNT_KIND_RAM = 2,        /**< an empty filesystem in memory: bytes */
    SANDGRAFT_MOUNT_KIND_FILE = 3,       /**< a file with the given content: content, mode, uid, gid */
    SANDGRAFT_MOUNT_KIND_MASK = 4        /**< hides what is at the target */
};

/** One filesystem made visible inside the sandbox. */
typedef struct sandgraft_mount sandgraft_mount;
typedef struct sandgraft_mounts sandgraft_mounts;

sandgraft_mounts* sandgraft_mounts_new(sandgraft_error** error);
bool sandgraft_mounts_append(sandgraft_mounts* list, const sandgraft_mount* mount, sandgraft_error** error);
size_t sandgraft_mounts_count(const sandgraft_mounts* list);
const sandgraft_mount* sandgraft_mounts_get(const sandgraft_mounts* list, size_t index);
void sandgraft_mounts_free(sandgraft_mounts* list);

/** The mounts in the order in which they are made: parents before children. */
sandgraft_mounts* sandgraft_mounts_in_order(const sandgraft_mounts* list, sandgraft_error** error);

/** A mount of a kind, else with the defaults. */
sandgraft_mount* sandgraft_mount_new(sandgraft_mount_kind kind, const char* target, sandgraft_error** error);

/** Reads an option string, such as "type=bind,source=/srv/www,target=/var/www,readonly". */
sandgraft_mount* sandgraft_mount_parse(const char* option, sandgraft_error** error);

/** The option string that sandgraft_mount_parse() reads back as an equal mount. */
char* sandgraft_mount_to_option(const sandgraft_mount* mount, sandgraft_error** error);

sandgraft_mount* sandgraft_mount_copy(const sandgraft_mount* mount, sandgraft_error** error);
bool sandgraft_mount_equal(const sandgraft_mount* mount, const sandgraft_mount* other);
void sandgraft_mount_free(sandgraft_mount* mount);

const char* sandgraft_mount_get_target(const sandgraft_mount* mount);
bool sandgraft_mount_set_target(sandgraft_mount* mount, const char* target, sandgraft_error** error);
sandgraft_mount_kind sandgraft_mount_get_kind(const sandgraft_mount* mount);
bool sandgraft_mount_get_read_only(const sandgraft_mount* mount);
bool sandgraft_mount_set_read_only(sandgraft_mount* mount, bool read_only, sandgraft_error** error);
/** Of a bind: setuid and setgid bits and file capabilities mean something in it. */
bool sandgraft_mount_get_suid(const sandgraft_mount* mount);
bool sandgraft_mount_set_suid(sandgraft_mount* mount, bool suid, sandgraft_error** error);
/** Of a bind: device nodes in it can be opened. */
bool sandgraft_mount_get_dev(const sandgraft_mount* mount);
bool sandgraft_mount_set_dev(sandgraft_mount* mount, bool dev, sandgraft_error** error);

/* What a kind has; the setters fail for a mount of another kind, the getters return NULL or 0 there. */

const char* sandgraft_mount_get_path(const sandgraft_mount* mount);
bool sandgraft_mount_set_path(sandgraft_mount* mount, const char* path, sandgraft_error** error);
uint64_t sandgraft_mount_get_bytes(const sandgraft_mount* mount);
bool sandgraft_mount_set_bytes(sandgraft_mount* mount, uint64_t bytes, sandgraft_error** error);
/** The content may hold any bytes: its size is told in *size, which may be NULL. */
const void* sandgraft_mount_get_content(const sandgraft_mount* mount, size_t* size);
bool sandgraft_mount_set_content(sandgraft_mount* mount, const void* content, size_t size, sandgraft_error** error);
uint32_t sandgraft_mount_get_mode(const sandgraft_mount* mount);
bool sandgraft_mount_set_mode(sandgraft_mount* mount, uint32_t mode, sandgraft_error** error);
uint32_t sandgraft_mount_get_uid(const sandgraft_mount* mount);
bool sandgraft_mount_set_uid(sandgraft_mount* mount, uint32_t uid, sandgraft_error** error);
uint32_t sandgraft_mount_get_gid(const sandgraft_mount* mount);
bool sandgraft_mount_set_gid(sandgraft_mount* mount, uint32_t gid, sandgraft_error** error);

/* Limits of processes, setrlimit(2). */

#define SANDGRAFT_LIMIT_UNLIMITED UINT64_MAX

typedef struct sandgraft_limit sandgraft_limit;
typedef struct sandgraft_limits sandgraft_limits;

sandgraft_limits* sandgraft_limits_new(sandgraft_error** error);
bool sandgraft_limits_append(sandgraft_limits* list, const sandgraft_limit* limit, sandgraft_error** error);
size_t sandgraft_limits_count(const sandgraft_limits* list);
const sandgraft_limit* sandgraft_limits_get(const sandgraft_limits* list, size_t index);
void sandgraft_limits_free(sandgraft_limits* list);

/** Reads "NAME=SOFT:HARD" or "NAME=BOTH". */
sandgraft_limit* sandgraft_limit_parse(const char* text, sandgraft_error** error);
sandgraft_limit* sandgraft_limit_new(sandgraft_error** error);
sandgraft_limit* sandgraft_limit_copy(const sandgraft_limit* limit, sandgraft_error** error);
bool sandgraft_limit_equal(const sandgraft_limit* limit, const sandgraft_limit* other);
void sandgraft_limit_free(sandgraft_limit* limit);
const char* sandgraft_limit_get_name(const sandgraft_limit* limit);
bool sandgraft_limit_set_name(sandgraft_limit* limit, const char* name, sandgraft_error** error);
uint64_t sandgraft_limit_get_soft(const sandgraft_limit* limit);
bool sandgraft_limit_set_soft(sandgraft_limit* limit, uint64_t soft, sandgraft_error** error);
uint64_t sandgraft_limit_get_hard(const sandgraft_limit* limit);
bool sandgraft_limit_set_hard(sandgraft_limit* limit, uint64_t hard, sandgraft_error** error);

/* Ports of the host that lead into a sandbox. */

typedef struct sandgraft_published_port sandgraft_published_port;
typedef struct sandgraft_published_ports sandgraft_published_ports;

sandgraft_published_ports* sandgraft_published_ports_new(sandgraft_error** error);
bool sandgraft_published_ports_append(sandgraft_published_ports* list, const sandgraft_published_port* port,
                                      sandgraft_error** error);
size_t sandgraft_published_ports_count(const sandgraft_published_ports* list);
const sandgraft_published_port* sandgraft_published_ports_get(const sandgraft_published_ports* list, size_t index);
void sandgraft_published_ports_free(sandgraft_published_ports* list);

/** Reads "[ADDRESS:]HOSTPORT:PORT[/tcp]". */
sandgraft_published_port* sandgraft_published_port_parse(const char* text, sandgraft_error** error);

/** The option that sandgraft_published_port_parse() reads. */
char* sandgraft_published_port_to_option(const sandgraft_published_port* port, sandgraft_error** error);
sandgraft_published_port* sandgraft_published_port_new(sandgraft_error** error);
sandgraft_published_port* sandgraft_published_port_copy(const sandgraft_published_port* port, sandgraft_error** error);
bool sandgraft_published_port_equal(const sandgraft_published_port* port, const sandgraft_published_port* other);
void sandgraft_published_port_free(sandgraft_published_port* port);
const char* sandgraft_published_port_get_address(const sandgraft_published_port* port);
bool sandgraft_published_port_set_address(sandgraft_published_port* port, const char* address, sandgraft_error** error);
/** 0: one that is free, new at each start. */
uint16_t sandgraft_published_port_get_host_port(const sandgraft_published_port* port);
bool sandgraft_published_port_set_host_port(sandgraft_published_port* port, uint16_t host_port,
                                            sandgraft_error** error);
uint16_t sandgraft_published_port_get_port(const sandgraft_published_port* port);
bool sandgraft_published_port_set_port(sandgraft_published_port* port, uint16_t number, sandgraft_error** error);

/* Payloads: what runs in a sandbox. */

/** A program to run and its arguments. */
typedef struct sandgraft_command sandgraft_command;

sandgraft_command* sandgraft_command_new(sandgraft_error** error);
sandgraft_command* sandgraft_command_copy(const sandgraft_command* command, sandgraft_error** error);
bool sandgraft_command_equal(const sandgraft_command* command, const sandgraft_command* other);
void sandgraft_command_free(sandgraft_command* command);
const sandgraft_strings* sandgraft_command_get_argv(const sandgraft_command* command);
bool sandgraft_command_set_argv(sandgraft_command* command, const char* const* argv, sandgraft_error** error);
const char* sandgraft_command_get_directory(const sandgraft_command* command);
bool sandgraft_command_set_directory(sandgraft_command* command, const char* directory, sandgraft_error** error);
bool sandgraft_command_get_terminal(const sandgraft_command* command);
bool sandgraft_command_set_terminal(sandgraft_command* command, bool terminal, sandgraft_error** error);

/** How much of a set of units the guest's systemd gets to see. */
typedef int sandgraft_unit_profile;
enum {
    SANDGRAFT_UNIT_PROFILE_FULL = 0,    /**< everything the root has */
    SANDGRAFT_UNIT_PROFILE_MINIMAL = 1, /**< the closure of what was asked for, and what boots and shuts down */
    SANDGRAFT_UNIT_PROFILE_BARE = 2     /**< what was asked for, with DefaultDependencies=no */
};

/** What an edit does: the function of sandgraft_unit_set that has its name. */
typedef int sandgraft_unit_edit_kind;
enum {
    SANDGRAFT_UNIT_EDIT_KIND_ADD = 0,
    SANDGRAFT_UNIT_EDIT_KIND_REPLACE = 1,
    SANDGRAFT_UNIT_EDIT_KIND_ADD_DROP_IN = 2,
    SANDGRAFT_UNIT_EDIT_KIND_WANT = 3,
    SANDGRAFT_UNIT_EDIT_KIND_REQUIRE = 4,
    SANDGRAFT_UNIT_EDIT_KIND_MASK = 5,
    SANDGRAFT_UNIT_EDIT_KIND_REMOVE = 6
};

/** One change of the root's units. */
typedef struct sandgraft_unit_edit sandgraft_unit_edit;
typedef struct sandgraft_unit_edits sandgraft_unit_edits;

sandgraft_unit_edits* sandgraft_unit_edits_new(sandgraft_error** error);
bool sandgraft_unit_edits_append(sandgraft_unit_edits* list, const sandgraft_unit_edit* edit, sandgraft_error** error);
size_t sandgraft_unit_edits_count(const sandgraft_unit_edits* list);
const sandgraft_unit_edit* sandgraft_unit_edits_get(const sandgraft_unit_edits* list, size_t index);
void sandgraft_unit_edits_free(sandgraft_unit_edits* list);

sandgraft_unit_edit* sandgraft_unit_edit_new(sandgraft_error** error);
sandgraft_unit_edit* sandgraft_unit_edit_copy(const sandgraft_unit_edit* edit, sandgraft_error** error);
bool sandgraft_unit_edit_equal(const sandgraft_unit_edit* edit, const sandgraft_unit_edit* other);
void sandgraft_unit_edit_free(sandgraft_unit_edit* edit);
sandgraft_unit_edit_kind sandgraft_unit_edit_get_kind(const sandgraft_unit_edit* edit);
bool sandgraft_unit_edit_set_kind(sandgraft_unit_edit* edit, sandgraft_unit_edit_kind kind, sandgraft_error** error);
const char* sandgraft_unit_edit_get_unit(const sandgraft_unit_edit* edit);
bool sandgraft_unit_edit_set_unit(sandgraft_unit_edit* edit, const char* unit, sandgraft_error** error);
/** Of ADD_DROP_IN the file, of WANT and REQUIRE the unit that is pulled in. */
const char* sandgraft_unit_edit_get_other(const sandgraft_unit_edit* edit);
bool sandgraft_unit_edit_set_other(sandgraft_unit_edit* edit, const char* other, sandgraft_error** error);
const char* sandgraft_unit_edit_get_text(const sandgraft_unit_edit* edit);
bool sandgraft_unit_edit_set_text(sandgraft_unit_edit* edit, const char* text, sandgraft_error** error);

/** systemd as the first process, with the root's own units. */
typedef struct sandgraft_services sandgraft_services;

sandgraft_services* sandgraft_services_new(sandgraft_error** error);
sandgraft_services* sandgraft_services_copy(const sandgraft_services* services, sandgraft_error** error);
bool sandgraft_services_equal(const sandgraft_services* services, const sandgraft_services* other);
void sandgraft_services_free(sandgraft_services* services);
const sandgraft_strings* sandgraft_services_get_goals(const sandgraft_services* services);
bool sandgraft_services_set_goals(sandgraft_services* services, const char* const* goals, sandgraft_error** error);
sandgraft_unit_profile sandgraft_services_get_profile(const sandgraft_services* services);
bool sandgraft_services_set_profile(sandgraft_services* services, sandgraft_unit_profile profile,
                                    sandgraft_error** error);
const sandgraft_unit_edits* sandgraft_services_get_changes(const sandgraft_services* services);
bool sandgraft_services_set_changes(sandgraft_services* services, const sandgraft_unit_edits* changes,
                                    sandgraft_error** error);

/* The whole description of a sandbox. */

typedef struct sandgraft_sandbox sandgraft_sandbox;
typedef struct sandgraft_capabilities sandgraft_capabilities;
typedef struct sandgraft_provision sandgraft_provision;

sandgraft_sandbox* sandgraft_sandbox_new(sandgraft_error** error);
sandgraft_sandbox* sandgraft_sandbox_copy(const sandgraft_sandbox* sandbox, sandgraft_error** error);
bool sandgraft_sandbox_equal(const sandgraft_sandbox* sandbox, const sandgraft_sandbox* other);
void sandgraft_sandbox_free(sandgraft_sandbox* sandbox);
/** libvirt's domain name; empty: a unique one is made at the start. */
const char* sandgraft_sandbox_get_name(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_name(sandgraft_sandbox* sandbox, const char* name, sandgraft_error** error);
/** The host directory that the sandbox sees read-only as its "/". */
const char* sandgraft_sandbox_get_root(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_root(sandgraft_sandbox* sandbox, const char* root, sandgraft_error** error);
const sandgraft_mounts* sandgraft_sandbox_get_mounts(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_mounts(sandgraft_sandbox* sandbox, const sandgraft_mounts* mounts, sandgraft_error** error);
bool sandgraft_sandbox_add_mount(sandgraft_sandbox* sandbox, const sandgraft_mount* mount, sandgraft_error** error);
bool sandgraft_sandbox_get_mask_secrets(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_mask_secrets(sandgraft_sandbox* sandbox, bool mask_secrets, sandgraft_error** error);
/** "USER" or "USER:GROUP" of the guest, names or numbers; empty: the caller. */
const char* sandgraft_sandbox_get_user(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_user(sandgraft_sandbox* sandbox, const char* user, sandgraft_error** error);
bool sandgraft_sandbox_get_privileged(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_privileged(sandgraft_sandbox* sandbox, bool privileged, sandgraft_error** error);
sandgraft_strings* sandgraft_sandbox_get_environment(const sandgraft_sandbox* sandbox, sandgraft_error** error);
bool sandgraft_sandbox_set_environment(sandgraft_sandbox* sandbox, const char* const* environment,
                                       sandgraft_error** error);
/** Sets one variable; NULL as value takes it away. */
bool sandgraft_sandbox_set_variable(sandgraft_sandbox* sandbox, const char* name, const char* value,
                                    sandgraft_error** error);
/** 0: all that the host has. */
uint64_t sandgraft_sandbox_get_memory_bytes(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_memory_bytes(sandgraft_sandbox* sandbox, uint64_t memory_bytes, sandgraft_error** error);
double sandgraft_sandbox_get_vcpus(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_vcpus(sandgraft_sandbox* sandbox, double vcpus, sandgraft_error** error);
uint32_t sandgraft_sandbox_get_pids(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_pids(sandgraft_sandbox* sandbox, uint32_t pids, sandgraft_error** error);
const sandgraft_limits* sandgraft_sandbox_get_limits(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_limits(sandgraft_sandbox* sandbox, const sandgraft_limits* limits, sandgraft_error** error);
bool sandgraft_sandbox_add_limit(sandgraft_sandbox* sandbox, const sandgraft_limit* limit, sandgraft_error** error);

const sandgraft_published_ports* sandgraft_sandbox_get_ports(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_ports(sandgraft_sandbox* sandbox, const sandgraft_published_ports* ports,
                                 sandgraft_error** error);

/* The payload is one of these; setting one takes the place of the other, and the getter of the other returns NULL. */

const sandgraft_command* sandgraft_sandbox_get_command(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_command(sandgraft_sandbox* sandbox, const sandgraft_command* command,
                                   sandgraft_error** error);
const sandgraft_services* sandgraft_sandbox_get_services(const sandgraft_sandbox* sandbox);
bool sandgraft_sandbox_set_services(sandgraft_sandbox* sandbox, const sandgraft_services* services,
                                    sandgraft_error** error);

/** Whether the description makes sense by itself. */
bool sandgraft_sandbox_validate(const sandgraft_sandbox* sandbox, sandgraft_error** error);

/** The libvirt domain document of the description. */
char* sandgraft_sandbox_to_domain_xml(const sandgraft_sandbox* sandbox, const sandgraft_capabilities* capabilities,
                                      const sandgraft_provision* provision, sandgraft_error** error);

/** The description in a domain document. */
sandgraft_sandbox* sandgraft_sandbox_from_domain_xml(const char* document, sandgraft_error** error);

/* What a document needs beside the description. */

/** Which kind of sandbox a host makes, as libvirt calls its driver. */
typedef int sandgraft_driver;
enum {
    SANDGRAFT_DRIVER_LXC = 0, /**< a container */
    SANDGRAFT_DRIVER_QEMU = 1 /**< a virtual machine */
};

/** What a host counts against libvirt's limit of swap. */
typedef int sandgraft_swap_limit;
enum {
    SANDGRAFT_SWAP_LIMIT_NONE = 0,            /**< it has no such limit, or nobody knows */
    SANDGRAFT_SWAP_LIMIT_MEMORY_AND_SWAP = 1, /**< control groups of version 1 */
    SANDGRAFT_SWAP_LIMIT_SWAP = 2             /**< version 2 */
};

/** What this machine has for sandboxes of a kind, without asking libvirt. */
sandgraft_capabilities* sandgraft_capabilities_local(sandgraft_driver driver, sandgraft_error** error);
sandgraft_capabilities* sandgraft_capabilities_new(sandgraft_error** error);
sandgraft_capabilities* sandgraft_capabilities_copy(const sandgraft_capabilities* capabilities,
                                                    sandgraft_error** error);
bool sandgraft_capabilities_equal(const sandgraft_capabilities* capabilities, const sandgraft_capabilities* other);
void sandgraft_capabilities_free(sandgraft_capabilities* capabilities);
sandgraft_driver sandgraft_capabilities_get_driver(const sandgraft_capabilities* capabilities);
bool sandgraft_capabilities_set_driver(sandgraft_capabilities* capabilities, sandgraft_driver driver,
                                       sandgraft_error** error);
const char* sandgraft_capabilities_get_user(const sandgraft_capabilities* capabilities);
bool sandgraft_capabilities_set_user(sandgraft_capabilities* capabilities, const char* user, sandgraft_error** error);
uint64_t sandgraft_capabilities_get_memory_bytes(const sandgraft_capabilities* capabilities);
bool sandgraft_capabilities_set_memory_bytes(sandgraft_capabilities* capabilities, uint64_t memory_bytes,
                                             sandgraft_error** error);
sandgraft_swap_limit sandgraft_capabilities_get_swap_limit(const sandgraft_capabilities* capabilities);
bool sandgraft_capabilities_set_swap_limit(sandgraft_capabilities* capabilities, sandgraft_swap_limit swap_limit,
                                           sandgraft_error** error);

/** What one start was given on its host. */
sandgraft_provision* sandgraft_provision_new(sandgraft_error** error);
sandgraft_provision* sandgraft_provision_copy(const sandgraft_provision* provision, sandgraft_error** error);
bool sandgraft_provision_equal(const sandgraft_provision* provision, const sandgraft_provision* other);
void sandgraft_provision_free(sandgraft_provision* provision);
const char* sandgraft_provision_get_init(const sandgraft_provision* provision);
bool sandgraft_provision_set_init(sandgraft_provision* provision, const char* init, sandgraft_error** error);
const char* sandgraft_provision_get_root(const sandgraft_provision* provision);
bool sandgraft_provision_set_root(sandgraft_provision* provision, const char* root, sandgraft_error** error);
const sandgraft_strings* sandgraft_provision_get_directories(const sandgraft_provision* provision);
bool sandgraft_provision_set_directories(sandgraft_provision* provision, const char* const* directories,
                                         sandgraft_error** error);
const char* sandgraft_provision_get_uuid(const sandgraft_provision* provision);
bool sandgraft_provision_set_uuid(sandgraft_provision* provision, const char* uuid, sandgraft_error** error);

/** Where sandgraft-init is installed on this machine. */
char* sandgraft_installed_init(sandgraft_error** error);

/** The paths hidden by default. */
const sandgraft_strings* sandgraft_default_masks(void);

/** The capabilities of a privileged sandbox's command, without "CAP_" in lower case. */
const sandgraft_strings* sandgraft_privileged_capabilities(void);

/** Reads a number of bytes such as "64M" into *bytes. */
bool sandgraft_parse_size(const char* text, uint64_t* bytes, sandgraft_error** error);

#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
