/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of the C interface, through it alone: descriptions, documents, units, errors and bad use. */
#include "check.h"

#include <malloc.h>
#include <unistd.h>

static sandgraft_error* error;

static void versions(void) {
    CHECK(sandgraft_version() == SANDGRAFT_VERSION);
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", SANDGRAFT_VERSION_MAJOR, SANDGRAFT_VERSION_MINOR, SANDGRAFT_VERSION_PATCH);
    CHECK(same(sandgraft_version_string(), text));
    CHECK(SANDGRAFT_VERSION >= SANDGRAFT_VERSION_NUMBER(0, 1, 0));
}

static void mounts(void) {
    sandgraft_mount* bind = sandgraft_mount_parse("type=bind,source=/srv/www,target=/var/www,readonly", &error);
    MUST(bind);
    CHECK(sandgraft_mount_get_kind(bind) == SANDGRAFT_MOUNT_KIND_HOST_BIND);
    CHECK(same(sandgraft_mount_get_path(bind), "/srv/www"));
    CHECK(same(sandgraft_mount_get_target(bind), "/var/www"));
    CHECK(sandgraft_mount_get_read_only(bind));
    CHECK(sandgraft_mount_get_content(bind, NULL) == NULL && sandgraft_mount_get_bytes(bind) == 0);
    FAILS(sandgraft_mount_set_bytes(bind, 1, &error), SANDGRAFT_ERROR_INVALID);

    sandgraft_mount* made = sandgraft_mount_new(SANDGRAFT_MOUNT_KIND_HOST_BIND, "/var/www", &error);
    MUST(sandgraft_mount_set_path(made, "/srv/www", &error));
    CHECK(!sandgraft_mount_equal(bind, made));
    MUST(sandgraft_mount_set_read_only(made, true, &error));
    CHECK(sandgraft_mount_equal(bind, made));
    char* option = sandgraft_mount_to_option(made, &error);
    CHECK(same(option, "type=bind,source=/srv/www,target=/var/www,readonly"));
    sandgraft_string_free(option);

    sandgraft_mount* file = sandgraft_mount_new(SANDGRAFT_MOUNT_KIND_FILE, "/var/www/key", &error);
    MUST(sandgraft_mount_set_content(file, "a\0\xff", 3, &error));
    MUST(sandgraft_mount_set_mode(file, 0600, &error));
    size_t size = 0;
    CHECK(memcmp(sandgraft_mount_get_content(file, &size), "a\0\xff", 3) == 0 && size == 3);
    CHECK(sandgraft_mount_get_mode(file) == 0600 && sandgraft_mount_get_uid(file) == 0);
    FAILS(sandgraft_mount_set_content(file, NULL, 3, &error), SANDGRAFT_ERROR_INVALID);

    sandgraft_mounts* list = sandgraft_mounts_new(&error);
    MUST(sandgraft_mounts_append(list, file, &error) && sandgraft_mounts_append(list, bind, &error));
    sandgraft_mounts* ordered = sandgraft_mounts_in_order(list, &error);
    CHECK(sandgraft_mounts_count(ordered) == 2 && sandgraft_mounts_get(ordered, 2) == NULL);
    CHECK(sandgraft_mount_equal(sandgraft_mounts_get(ordered, 0), bind));
    sandgraft_mounts_free(ordered);
    sandgraft_mounts_free(list);
    sandgraft_mount_free(file);
    sandgraft_mount_free(made);
    sandgraft_mount_free(bind);
}

static sandgraft_sandbox* full_sandbox(void) {
    const char* const argv[] = {"cat", "/etc/\xe4", NULL};
    const char* const variables[] = {"LANG=C", "EMPTY=", "EQUAL=a=b", NULL};
    sandgraft_sandbox* sandbox = sandgraft_sandbox_new(&error);
    sandgraft_command* command = sandgraft_command_new(&error);
    sandgraft_mount* ram = sandgraft_mount_new(SANDGRAFT_MOUNT_KIND_RAM, "/scratch", &error);
    sandgraft_limit* limit = sandgraft_limit_parse("nofile=10:20", &error);
    MUST(sandgraft_command_set_argv(command, argv, &error) && sandgraft_command_set_terminal(command, true, &error));
    MUST(sandgraft_sandbox_set_name(sandbox, "full", &error) &&
         sandgraft_sandbox_set_command(sandbox, command, &error));
    MUST(sandgraft_sandbox_set_user(sandbox, "nobody", &error));
    MUST(sandgraft_sandbox_set_environment(sandbox, variables, &error));
    MUST(sandgraft_sandbox_set_variable(sandbox, "LANG", NULL, &error));
    MUST(sandgraft_sandbox_set_memory_bytes(sandbox, 256 << 20, &error));
    MUST(sandgraft_sandbox_set_vcpus(sandbox, 0.5, &error) && sandgraft_sandbox_set_pids(sandbox, 7, &error));
    MUST(sandgraft_sandbox_add_mount(sandbox, ram, &error) && sandgraft_sandbox_add_limit(sandbox, limit, &error));
    MUST(sandgraft_sandbox_validate(sandbox, &error));
    sandgraft_limit_free(limit);
    sandgraft_mount_free(ram);
    sandgraft_command_free(command);
    return sandbox;
}

static void documents(void) {
    sandgraft_capabilities* capabilities = sandgraft_capabilities_local(SANDGRAFT_DRIVER_LXC, &error);
    sandgraft_sandbox* sandbox = full_sandbox();
    char* document = sandgraft_sandbox_to_domain_xml(sandbox, capabilities, NULL, &error);
    MUST(document);
    CHECK(strstr(document, "<name>full</name>") != NULL);
    sandgraft_sandbox* back = sandgraft_sandbox_from_domain_xml(document, &error);
    MUST(back);
    CHECK(sandgraft_sandbox_equal(sandbox, back));
    CHECK(sandgraft_sandbox_get_pids(back) == 7 && sandgraft_sandbox_get_services(back) == NULL);
    const sandgraft_strings* argv = sandgraft_command_get_argv(sandgraft_sandbox_get_command(back));
    CHECK(sandgraft_strings_count(argv) == 2 && same(sandgraft_strings_get(argv, 1), "/etc/\xe4"));
    sandgraft_strings* variables = sandgraft_sandbox_get_environment(back, &error);
    CHECK(sandgraft_strings_count(variables) == 2 && same(sandgraft_strings_get(variables, 1), "EQUAL=a=b"));
    sandgraft_strings_free(variables);
    sandgraft_sandbox_free(back);
    sandgraft_string_free(document);

    MUST(sandgraft_sandbox_set_name(sandbox, "", &error));
    FAILS(sandgraft_sandbox_to_domain_xml(sandbox, capabilities, NULL, &error), SANDGRAFT_ERROR_INVALID);
    FAILS(sandgraft_sandbox_from_domain_xml("<domain", &error), SANDGRAFT_ERROR_INVALID);
    sandgraft_sandbox_free(sandbox);
    sandgraft_capabilities_free(capabilities);
}

static void ports(void) {
    sandgraft_published_port* port = sandgraft_published_port_parse("8080:80", &error);
    MUST(port);
    CHECK(sandgraft_published_port_get_host_port(port) == 8080 && sandgraft_published_port_get_port(port) == 80);
    sandgraft_published_ports* list = sandgraft_published_ports_new(&error);
    sandgraft_sandbox* sandbox = sandgraft_sandbox_new(&error);
    MUST(sandgraft_published_ports_append(list, port, &error) && sandgraft_sandbox_set_ports(sandbox, list, &error));
    CHECK(sandgraft_published_port_equal(sandgraft_published_ports_get(sandgraft_sandbox_get_ports(sandbox), 0), port));
    sandgraft_sandbox_free(sandbox);
    sandgraft_published_ports_free(list);
    sandgraft_published_port_free(port);
}

static void services(void) {
    const char* const goals[] = {"a.service", NULL};
    sandgraft_services* services = sandgraft_services_new(&error);
    sandgraft_unit_edit* edit = sandgraft_unit_edit_new(&error);
    sandgraft_unit_edits* edits = sandgraft_unit_edits_new(&error);
    CHECK(sandgraft_services_get_profile(services) == SANDGRAFT_UNIT_PROFILE_MINIMAL);
    MUST(sandgraft_services_set_goals(services, goals, &error));
    MUST(sandgraft_unit_edit_set_kind(edit, SANDGRAFT_UNIT_EDIT_KIND_MASK, &error));
    MUST(sandgraft_unit_edit_set_unit(edit, "b.service", &error));
    MUST(sandgraft_unit_edits_append(edits, edit, &error) && sandgraft_services_set_changes(services, edits, &error));
    sandgraft_sandbox* sandbox = sandgraft_sandbox_new(&error);
    MUST(sandgraft_sandbox_set_services(sandbox, services, &error));
    CHECK(sandgraft_sandbox_get_command(sandbox) == NULL);
    CHECK(sandgraft_services_equal(sandgraft_sandbox_get_services(sandbox), services));
    FAILS(sandgraft_services_set_profile(services, 99, &error), SANDGRAFT_ERROR_INVALID);
    FAILS(sandgraft_services_set_profile(services, -1, &error), SANDGRAFT_ERROR_INVALID);
    CHECK(sandgraft_services_get_profile(services) == SANDGRAFT_UNIT_PROFILE_MINIMAL);
    sandgraft_sandbox_free(sandbox);
    sandgraft_unit_edits_free(edits);
    sandgraft_unit_edit_free(edit);
    sandgraft_services_free(services);
}

/** A root without units, to which some are added in memory. */
static void units(const char* root) {
    const char* const goals[] = {"a.service", NULL};
    const char* const command[] = {"/bin/true", NULL};
    sandgraft_unit_source* source = sandgraft_unit_source_new(&error);
    MUST(sandgraft_unit_source_set_root(source, root, &error));
    sandgraft_unit_set* set = sandgraft_unit_set_new(source, &error);
    MUST(set);
    sandgraft_service_spec* service = sandgraft_service_spec_new(&error);
    MUST(sandgraft_service_spec_set_name(service, "a.service", &error));
    MUST(sandgraft_service_spec_set_command(service, command, &error));
    MUST(sandgraft_service_spec_set_default_dependencies(service, false, &error));
    MUST(sandgraft_unit_set_add_service(set, service, &error));
    MUST(sandgraft_unit_set_add(set, "b.service", "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/b\n", &error));
    FAILS(sandgraft_unit_set_add(set, "b.service", "", &error), SANDGRAFT_ERROR_EXISTS);
    MUST(sandgraft_unit_set_want(set, "a.service", "b.service", &error));

    sandgraft_unit_closure* closure = sandgraft_unit_set_closure(set, goals, &error);
    MUST(closure);
    const sandgraft_unit_jobs* jobs = sandgraft_unit_closure_get_jobs(closure);
    int found = 0;
    for (size_t i = 0; i < sandgraft_unit_jobs_count(jobs); ++i) {
        const sandgraft_unit_job* job = sandgraft_unit_jobs_get(jobs, i);
        if (same(sandgraft_unit_job_get_unit(job), "b.service")) ++found;
        CHECK(same(sandgraft_unit_job_type_to_string(sandgraft_unit_job_get_type(job)), "start"));
    }
    CHECK(found == 1);
    sandgraft_unit_links* chain = sandgraft_unit_closure_why(closure, "b.service", &error);
    CHECK(sandgraft_unit_links_count(chain) == 1);
    CHECK(same(sandgraft_unit_link_get_kind(sandgraft_unit_links_get(chain, 0)), "Wants"));
    FAILS(sandgraft_unit_closure_why(closure, "none.service", &error), SANDGRAFT_ERROR_NOT_FOUND);
    FAILS(sandgraft_unit_set_cat(set, "no unit name", &error), SANDGRAFT_ERROR_INVALID);

    sandgraft_unit_tree* tree = sandgraft_unit_set_tree(set, SANDGRAFT_UNIT_PROFILE_BARE, goals, &error);
    MUST(tree);
    sandgraft_unit_tree* empty = sandgraft_unit_tree_new(&error);
    sandgraft_unit_changes* changes = sandgraft_unit_tree_diff(empty, tree, &error);
    CHECK(sandgraft_unit_changes_count(changes) ==
          sandgraft_unit_tree_entries_count(sandgraft_unit_tree_get_entries(tree)));
    CHECK(sandgraft_unit_change_get_kind(sandgraft_unit_changes_get(changes, 0)) == SANDGRAFT_UNIT_CHANGE_KIND_ADDED);
    FAILS(sandgraft_unit_set_tree(set, 3, goals, &error), SANDGRAFT_ERROR_INVALID);

    sandgraft_unit_changes_free(changes);
    sandgraft_unit_tree_free(empty);
    sandgraft_unit_tree_free(tree);
    sandgraft_unit_links_free(chain);
    sandgraft_unit_closure_free(closure);
    sandgraft_service_spec_free(service);
    sandgraft_unit_set_free(set);
    sandgraft_unit_source_free(source);
}

static int destroyed;
static void destroy(void* data) { ++*(int*)data; }
static void ignore(void* data) { (void)data; }

/** The user data goes with the last copy of the callback, also where it was not taken. */
static void callbacks(void) {
    sandgraft_streams* streams = sandgraft_streams_new(&error);
    sandgraft_start_options* options = sandgraft_start_options_new(&error);
    MUST(sandgraft_streams_set_on_exit(streams, ignore, &destroyed, destroy, &error));
    MUST(sandgraft_start_options_set_streams(options, streams, &error));
    sandgraft_streams_free(streams);
    CHECK(destroyed == 0);
    sandgraft_start_options_free(options);
    CHECK(destroyed == 1);
    FAILS(sandgraft_streams_set_on_exit(NULL, ignore, &destroyed, destroy, &error), SANDGRAFT_ERROR_INVALID);
    CHECK(destroyed == 2);
    streams = sandgraft_streams_new(&error);
    MUST(sandgraft_streams_set_on_exit(streams, ignore, &destroyed, destroy, &error));
    MUST(sandgraft_streams_set_on_exit(streams, NULL, NULL, NULL, &error));
    CHECK(destroyed == 3);
    sandgraft_streams_free(streams);
}

static void bad_use(void) {
    uint64_t bytes = 0;
    MUST(sandgraft_parse_size("64M", &bytes, &error));
    CHECK(bytes == 64 << 20);
    FAILS(sandgraft_parse_size("64M", NULL, &error), SANDGRAFT_ERROR_INVALID);
    FAILS(sandgraft_parse_size(NULL, &bytes, &error), SANDGRAFT_ERROR_INVALID);
    FAILS(sandgraft_parse_size("\xff\xfe", &bytes, &error), SANDGRAFT_ERROR_INVALID);
    FAILS(sandgraft_mount_new(5, "/", &error), SANDGRAFT_ERROR_INVALID);
    FAILS(sandgraft_capabilities_local(2, &error), SANDGRAFT_ERROR_INVALID);
    CHECK(!sandgraft_parse_size("nonsense", &bytes, NULL));
    CHECK(sandgraft_unit_state_to_string(99) == NULL && sandgraft_sandbox_get_command(NULL) == NULL);
    const char* const no_variable[] = {"no variable", NULL};
    sandgraft_sandbox* sandbox = sandgraft_sandbox_new(&error);
    FAILS(sandgraft_sandbox_set_environment(sandbox, no_variable, &error), SANDGRAFT_ERROR_INVALID);
    FAILS(sandgraft_sandbox_set_name(sandbox, NULL, &error), SANDGRAFT_ERROR_INVALID);
    MUST(sandgraft_sandbox_set_name(sandbox, "\xff/", &error));
    FAILS(sandgraft_sandbox_validate(sandbox, &error), SANDGRAFT_ERROR_INVALID);
    sandgraft_sandbox_free(sandbox);
}

/** What a sandbox takes is given back, however many are written, read and freed. */
static void cycles(void) {
    sandgraft_capabilities* capabilities = sandgraft_capabilities_local(SANDGRAFT_DRIVER_LXC, &error);
    size_t before = 0;
    for (int i = 0; i < 2000; ++i) {
        sandgraft_sandbox* sandbox = full_sandbox();
        char* document = sandgraft_sandbox_to_domain_xml(sandbox, capabilities, NULL, &error);
        sandgraft_sandbox* back = sandgraft_sandbox_from_domain_xml(document, &error);
        CHECK(sandgraft_sandbox_equal(sandbox, back));
        sandgraft_sandbox_free(back);
        sandgraft_string_free(document);
        sandgraft_sandbox_free(sandbox);
        if (i == 100) before = mallinfo2().uordblks;
    }
    CHECK(mallinfo2().uordblks <= before);
    sandgraft_capabilities_free(capabilities);
}

int main(void) {
    char root[] = "/tmp/sandgraft-c-XXXXXX";
    CHECK(mkdtemp(root) != NULL);
    versions();
    mounts();
    documents();
    services();
    ports();
    units(root);
    callbacks();
    bad_use();
    cycles();
    CHECK(rmdir(root) == 0 && error == NULL);
    return 0;
}
