// SPDX-License-Identifier: LGPL-2.1-or-later
// What becomes of a sandbox of a program that has gone.
#include "unseen_end.hpp"

#include "support/traces.hpp"

#include <sandgraft/host.hpp>

#include <sys/wait.h>

using namespace sandgraft;
using test::eventually;

namespace {

/// A program with a sandbox, which is killed.
class Client {
public:
    explicit Client(const std::string& name) : process_(::fork()) {
        if (process_ == 0) run(name);
        REQUIRE(process_ > 0);
    }
    ~Client() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

private:
    [[noreturn]] static void run(const std::string& name) {
        try {
            (void)Host::open().start({.name = name, .payload = Command{.argv = {"sleep", "1000"}}}).wait();
        } catch (const std::exception&) {
            // Its sandbox has gone: that is what the test makes.
        }
        for (;;) ::pause();
    }

    pid_t process_;
};

/// As long as libvirt calls it so. Asked in another way, Sandgraft would see to it.
bool is_called_running(const std::string& name) { return std::filesystem::exists("/run/libvirt/lxc/" + name + ".xml"); }

}  // namespace

TEST_CASE("a sandbox ends with its program, also where libvirt misses the end") {
    const std::string name = "undertaker-missed";
    std::optional<test::UnseenEnd> end;
    {
        const Client client(name);
        REQUIRE(eventually([&] { return test::init_of(name).has_value(); }));
        end.emplace(name);
        CHECK(is_called_running(name));
    }
    CHECK(eventually([&] { return !is_called_running(name); }));
    CHECK_FALSE(test::find_process("sandgraft-guard", name));
}

TEST_CASE("a sandbox ends with its program, also where it cannot see that") {
    const std::string name = "undertaker-stopped";
    {
        const Client client(name);
        REQUIRE(eventually([&] { return test::init_of(name).has_value(); }));
        ::kill(test::init_of(name).value(), SIGSTOP);
    }
    CHECK(eventually([&] { return !is_called_running(name); }));
    CHECK_FALSE(test::controller_of(name));
}
