# make help lists the targets; each is described where "##" stands behind it.
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
$(if $(filter -j%,$(MAKEFLAGS)),,$(eval MAKEFLAGS += -j$(shell nproc)))
comma = ,
B = build$(SANITIZE:%=/$(subst $(comma),-,$(SANITIZE)))

WARN = -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 \
	-Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wcast-qual \
	-Wvla -Wimplicit-fallthrough -Wno-overlength-strings -Werror=format-security
# What the OpenSSF's guide asks of gcc 12.
HARDEN_x86_64 = -fcf-protection=full
HARDEN_aarch64 = -mbranch-protection=standard
HARDEN = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection \
	-fstack-protector-strong $(HARDEN_$(shell uname -m)) -fPIE \
	-fno-delete-null-pointer-checks -fno-strict-overflow \
	-fno-strict-aliasing -ftrivial-auto-var-init=zero
HARDEN_LINK = -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack \
	-Wl,-z,nodlopen -Wl,--as-needed -Wl,--no-copy-dt-needed-entries
CLANG := $(findstring clang,$(CC))
WARN += $(if $(CLANG),,-Wtrampolines -Wbidi-chars=any)
HARDEN += $(if $(CLANG),-enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang)
ifdef SANITIZE
HARDEN = -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
HARDEN_LINK = -fsanitize=$(SANITIZE) -Wl,--as-needed
endif
COMPILE = $(CC) $(WARN) -D_GNU_SOURCE -Icommon -Itests/lib -I$B $(CPPFLAGS) \
	$(HARDEN) $(CFLAGS) -MMD -MP
LINK = $(CC) $(HARDEN_LINK) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^)

SAY = $(if $V,,@$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,echo '  $@';)) # V=1 shows the commands instead
# Other flags or another compiler: everything is built anew.
$(shell mkdir -p $(addprefix $B/,bin tools $(wildcard common/*/ sql/*/ tests/*/ tests/common/*/)); \
  echo '$(COMPILE) $(LDFLAGS)' >$B/flags.new; \
  cmp -s $B/flags.new $B/flags || cp $B/flags.new $B/flags)

# What each tool links, and nothing else.  libjq brings no pkg-config file.
LIBS_qb-window = $$(pkg-config --libs zlib libisal)
LIBS_qb-stamp = $(LIBS_qb-window) $$(pkg-config --libs libcrypto libxxhash) -ljq
LIBS_qb-archive = $$(pkg-config --libs zlib libisal libcrypto libxxhash)
LIBS_qb-load = $(LIBS_qb-archive) $$(pkg-config --libs libpq)
LIBS_qb-lock = $(LIBS_qb-pending)
LIBS_qb-pending = $$(pkg-config --libs zlib libisal libpq)
LIBS_qb-fetch = $(LIBS_qb-archive) $$(pkg-config --libs libcurl)
LIBS_qb-auth = $(LIBS_qb-fetch)
LIBS_qb-check = $(LIBS_qb-fetch) $$(pkg-config --libs libpq)
LIBS_qb-census = $(LIBS_qb-check)
LIBS_qb-attachments = $(LIBS_qb-check)
LIBS_qb-status = $(LIBS_qb-load)
LIBS_tests = $(LIBS_qb-check) -ljq
LIBS_qb-sim = $(LIBS_qb-archive) $$(pkg-config --libs libmicrohttpd) -lm
$B/common/postgres/%.o: \
	COMPILE += $$(pkg-config --cflags libpq)

COMMON := $(patsubst common/%.c,$B/common/%.o,$(wildcard common/*/*.c))
TOOLS := $(patsubst tools/%.c,$B/bin/%,$(wildcard tools/qb-*.c))
SCRIPTS := $(patsubst scripts/%,$B/bin/%,$(wildcard scripts/qb-*))
PARTS := $(patsubst scripts/%,$B/share/qb/%,$(wildcard scripts/pipeline/*.bash))
UNITS := $(patsubst tests/%.c,$B/tests/%,$(wildcard tests/common/*/*_test.c))
SQL := $(patsubst sql/%.sql,$B/sql/%.sql.h,$(wildcard sql/*/*.sql))
BENCHES := $(patsubst tests/%.c,$B/tests/%,$(wildcard tests/bench/*.c))
SIM := $(patsubst %.c,$B/%.o,$(wildcard tests/sim/*.c))

# `make` alone installs nothing; these do what is missing before they build.
SETUP := $(if $(filter demo test test-all bench bench-short bench-peers test-mage,$(MAKECMDGOALS)),build/packages) \
	$(if $(filter bench bench-short,$(MAKECMDGOALS)),build/packages-bench)
all: $(TOOLS) $(SCRIPTS) $(PARTS) $B/bin/qb-alone ## build the tools into build/bin; installs nothing
# The name that qb-lock had.
$B/bin/qb-alone: $B/bin/qb-lock
	$(SAY)ln -sf qb-lock $@
$(TOOLS): $B/bin/%: $B/tools/%.o $B/common.a
	$(SAY)$(LINK) $(LIBS_$*)
$(SCRIPTS): $B/bin/%: scripts/%
	$(SAY)install -m 755 $< $@
$(PARTS): $B/share/qb/%: scripts/%
	$(SAY)install -D -m 644 $< $@
$B/common.a: $(COMMON)
	$(SAY)rm -f $@ && $(AR) qcs $@ $^
$B/%.o: %.c $B/flags | $(SETUP)
	$(SAY)$(COMPILE) -c -o $@ $<
# sql/*/*.sql as psql runs them, and as string literals in the tools
$(COMMON) $(TOOLS:$B/bin/%=$B/tools/%.o): | $(SQL)
$B/sql/%.sql.h: sql/%.sql
	$(SAY)sed 's/[\\"]/\\&/g; s/^/"/; s/$$/\\n"/' $< >$@
$(UNITS) $(BENCHES): $B/tests/%: $B/tests/%.o $B/common.a
	$(SAY)$(LINK) $(LIBS_tests)
# simdjson is there to be measured against, and for nothing else.
$B/tests/bench/json_bench: $B/tests/bench/simdjson_dom.o
$B/tests/bench/json_bench: LIBS_tests += -lsimdjson -lstdc++
$B/%.o: %.cc $B/flags | $(SETUP)
	$(SAY)$(CXX) -std=c++17 -O2 -Wall -Wextra -MMD -MP -c -o $@ $<
$B/tests/sim/qb-sim: $(SIM) $B/common.a
	$(SAY)$(LINK) $(LIBS_qb-sim)

check: all $(UNITS) $B/tests/sim/qb-sim ## the tests; TESTS=tests/tools/qb-x.t: one; SANITIZE=address,undefined
	scripts/run-tests $B $(or $(TESTS:tests/%.c=$B/tests/%),$(SLOW) $(UNITS) \
	  $(filter-out tests/slow/%,$(wildcard tests/*/*.t)))
build/packages-lint build/packages-bench: build/packages
build/packages build/packages-lint build/packages-bench: build/%: scripts/%
	scripts/install-packages $< && touch $@
packages: build/packages ## install the Debian packages that building and testing need
test: check ## install packages, build, and run the tests
test-all: SLOW = $(wildcard tests/slow/*.t)
test-all: check ## the slow tests, too (half an hour)
demo: all $B/tests/sim/qb-sim ## install packages, build, and show it; needs no QuickBooks
	scripts/demo $B
test-mage: all $B/tests/sim/qb-sim ## the pipelines in a real Mage, and compose.yaml
	tests/mage/run
bench: all $B/tests/sim/qb-sim $(BENCHES) ## compare with psql and curl, in half an hour
	tests/bench/run $B
bench-short: all $B/tests/sim/qb-sim $(BENCHES) ## the same with less data, in three minutes
	tests/bench/run $B --short
bench-peers: all $B/tests/sim/qb-sim $B/tests/bench/peak ## compare with other tools for QuickBooks; needs PyPI
	tests/bench/peers/run $B

lint: build/packages-lint $(SQL) ## check includes, lengths, C, shell and manual pages
	scripts/lint $B '$(COMPILE)'
format: ## run clang-format
	clang-format -i $$(find common tools tests -name '*.[ch]')
install: all ## install; PREFIX=/usr/local, DESTDIR=
	install -d $(DESTDIR)$(PREFIX)/bin
	install $(TOOLS) $(SCRIPTS) $(DESTDIR)$(PREFIX)/bin
	ln -sf qb-lock $(DESTDIR)$(PREFIX)/bin/qb-alone
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	for s in systemd/*; do sed 's,@PREFIX@,$(PREFIX),' $$s \
	  >$(DESTDIR)$(PREFIX)/lib/systemd/system/$${s##*/} || exit 1; done
	install -d $(DESTDIR)$(PREFIX)/share/qb/pipeline
	install -m 644 $(PARTS) $(DESTDIR)$(PREFIX)/share/qb/pipeline
	for s in sql/*/; do d=$(DESTDIR)$(PREFIX)/share/qb/$$s; \
	  install -d $$d && install -m 644 $$s*.sql $$d || exit 1; done
	for s in 1 5 7; do d=$(DESTDIR)$(PREFIX)/share/man/man$$s; \
	  install -d $$d && install -m 644 man/*.$$s $$d || exit 1; done
	ln -sf qb-lock.1 $(DESTDIR)$(PREFIX)/share/man/man1/qb-alone.1
clean: ## remove build/
	rm -rf build
help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14
.PHONY: help packages all check test test-all test-mage demo bench bench-short lint format install clean
.SECONDARY:
-include $(wildcard $(addprefix $B/,tools/*.d common/*/*.d tests/*/*.d tests/common/*/*.d))
