# yue. Two commands do everything on a fresh Debian or Ubuntu machine with Swift:
#   make run            build and start the browser (FEED=file opens a feed)
#   make test           build and run all tests, warnings as errors
# and also:
#   make lint           check formatting and build strictly
#   make bench          measure, beside other programs (BENCH=typesetting: one subject)
#   make fuzz           feed hostile bytes to every reader, 60 s each (FUZZ_SECONDS, FUZZ_TARGETS)
#   make install        install program, manual pages and completions below PREFIX (/usr/local)
#   make manual         write the pages of docs/ that are made from the program

PREFIX ?= /usr/local
FEED ?=
BENCH ?=
SWIFT ?= swift
CHECKS = --explicit-target-dependency-import-check error
RELEASE = -c release --product yue --static-swift-stdlib -Xlinker -s $(CHECKS)

.PHONY: run build test bench lint format fuzz install uninstall manual packages static clean

run: build
	@exec .build/release/yue $(FEED)

build: packages static
	@$(SWIFT) build $(RELEASE)

# A folder with nothing but static libraries, for the linker to find first: each shared one is a
# quarter of a millisecond before the first byte. Where one is missing the shared one does as well.
static:
	@mkdir -p .build/static
	@for name in libstdc++ libsqlite3 libncursesw libtinfo; do \
	  library=$$(gcc -print-file-name=$$name.a 2>/dev/null) || library=; \
	  case $$library in /*) ln -sf "$$library" .build/static/ ;; esac; done

# A folder of its own: the strict switch changes every command line, and sharing .build with the
# plain build would rebuild everything at each change of target.
test: packages
	@YUE_STRICT=1 $(SWIFT) test --scratch-path .build/strict $(CHECKS)

# Programs to compare with are installed where that is possible, else they are not measured.
bench: packages static
	@YUE_BENCH=1 $(SWIFT) build $(RELEASE)
	@YUE_BENCH=1 $(SWIFT) build -c release --product Benchmarks --static-swift-stdlib $(CHECKS)
	@sh Tests/Benchmarks/Scripts/peers
	@BENCH="$(BENCH)" sh Tests/Benchmarks/Scripts/run

lint: packages
	@$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	@YUE_STRICT=1 $(SWIFT) build --scratch-path .build/strict $(CHECKS)

format:
	@$(SWIFT) format --in-place --recursive Package.swift Sources Tests

FUZZ_TARGETS ?= feed html date opml json query keymap input
FUZZ_SECONDS ?= 60

# The backtracer would swallow a crash, and the file with the bytes that caused it with it.
fuzz: packages
	@YUE_FUZZ=1 $(SWIFT) build -c release --product Fuzz --sanitize fuzzer \
		--scratch-path .build/fuzz $(CHECKS)
	@mkdir -p .build/fuzz/findings
	@for target in $(FUZZ_TARGETS); do \
		echo "fuzz: $$target"; mkdir -p .build/fuzz/corpus/$$target; \
		SWIFT_BACKTRACE=enable=no YUE_FUZZ_TARGET=$$target .build/fuzz/release/Fuzz \
			.build/fuzz/corpus/$$target Tests/Corpus/$$target -max_total_time=$(FUZZ_SECONDS) \
			-max_len=4096 -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 \
			-artifact_prefix=.build/fuzz/findings/$$target- \
			2>&1 | grep -E 'ERROR|SUMMARY|Test unit|number_of_executed_units|Fatal' \
			| tee .build/fuzz/findings/$$target.log; \
		if grep -qE 'ERROR|SUMMARY' .build/fuzz/findings/$$target.log; then exit 1; fi; \
	done

SHARE = $(DESTDIR)$(PREFIX)/share
COMPLETIONS = bash-completion/completions/yue zsh/site-functions/_yue fish/vendor_completions.d/yue.fish
PAGES = man1/yue.1 man5/yue.5 man5/yue-keys.5 man7/yue-query.7

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 .build/release/yue "$(DESTDIR)$(PREFIX)/bin/yue"
	@for page in $(PAGES); do \
	  install -D -m 644 "docs/man/$${page#*/}" "$(SHARE)/man/$$page" || exit 1; done
	@for file in $(COMPLETIONS); do mkdir -p "$(SHARE)/$${file%/*}" || exit 1; \
	  .build/release/yue --generate-completion-script $$(echo $$file | \
	    sed 's/bash-.*/bash/; s/zsh.*/zsh/; s/fish.*/fish/') > "$(SHARE)/$$file" || exit 1; \
	  chmod 644 "$(SHARE)/$$file"; done

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/yue"
	@for page in $(PAGES); do rm -f "$(SHARE)/man/$$page"; done
	@for file in $(COMPLETIONS); do rm -f "$(SHARE)/$$file"; done

manual:
	@for page in man/yue.1 man/yue.5 keymaps.md; do \
	  .build/strict/debug/yue manual $${page#*/} > docs/$$page || exit 1; done

packages:
	@sh .ci/packages

clean:
	rm -rf .build
