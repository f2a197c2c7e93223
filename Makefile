# 縁側 engawa — `make help` lists what can be done here.
GO ?= go
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

build: ## one static binary: ./engawa
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o engawa .

demo: ## the whole house on this machine, nothing kept
	$(GO) run . demo

# What has no goroutines of its own gains nothing from -race, which makes it five to ten
# times slower; `make check` has them all under it.
PURE := ./flows/catalogue ./flows/contacts ./flows/content ./flows/forms ./flows/understand ./bot/assist/redact ./bot/line/richmenu
LONG := ./flows/prove ./flows/understand/train
RACED = $(filter-out $(PURE:.%=engawa%) $(LONG:.%=engawa%) engawa/deploy/house,$(shell $(GO) list ./...))

test: ## everything, with a real Redis and a real browser (≤ 15 minutes on 2 cores)
	bash .ci/need
	$(GO) test -race -timeout 40m ./deploy/house $(RACED)
	$(GO) test -timeout 30m $(LONG) $(PURE)

lint: ## formatting, vet, staticcheck, layout
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$unformatted" ] || { echo "gofmt: $$unformatted"; exit 1; }
	$(GO) vet ./...
	cd .ci/tools && $(GO) build -o ../../.cache/staticcheck honnef.co/go/tools/cmd/staticcheck
	.cache/staticcheck ./...
	$(GO) test -run 'TestLayout|TestTheTop|TestFilesAndFunctions' .

gosec: ## what is dangerous in Go, read by securego/gosec; a finding is mended, or excused where it stands with its reason
	@cd .ci/gosec && $(GO) build -o ../../.cache/gosec .
	@.cache/gosec $$($(GO) list -f '{{.Dir}}' ./...)

check: lint gosec test closed vuln ## what a change must pass: lint, race tests, known vulnerabilities
	$(GO) test -race -timeout 30m $(PURE) ./flows/prove

closed: ## a whole talk in a network of its own, and with every connection watched (strace; user namespaces)
	@command -v strace >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends strace >/dev/null; }
	$(GO) test -tags closed -timeout 10m -run 'TestAWholeTalkNeeds|TestNoConnectionIsTried' ./deploy/house

vuln: ## govulncheck, where its database can be reached
	@cd .ci/tools && $(GO) build -o ../../.cache/govulncheck golang.org/x/vuln/cmd/govulncheck
	@out=$$(.cache/govulncheck ./... 2>&1); code=$$?; \
	if [ $$code -ne 0 ] && echo "$$out" | grep -qE 'fetching vulnerabilities|dial tcp|no such host|403|connection refused|proxyconnect|Forbidden'; then \
	  echo "govulncheck: its database cannot be reached from here; run this where it can"; else echo "$$out"; exit $$code; fi

bench: ## the table of figures, each beside a reference of the same run (on a quiet machine; ENGAWA_BENCH_SECONDS, ENGAWA_BENCH_PEOPLE)
	bash .ci/need
	@$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 60m ./deploy/house | grep -av '^time='
	@$(GO) test -run '^$$' -bench . -benchmem ./flows ./flows/understand ./bot/webhook ./bot/dialogue ./bot/outbox ./bot/board/pages ./handoff ./handoff/console | grep -av '^time='
	@$(GO) test -run '^$$' -bench 'Check|Load|Reload|Replay|SealedState' -benchtime 1x -timeout 20m ./flows/prove ./bot/preview ./bot/ledger ./bot/people | grep -av '^time='

reading: ## how well texts are understood: recall, alarms, topics, by class, language and voice
	@$(GO) run ./flows/understand/train -report

packages: ## image, .deb and program into out/, the same bytes from the same commit; the manifests are checked
	cd .ci/tools && $(GO) test ./...
	bash .ci/packages

try-packages: ## installs, runs, upgrades and removes what `make packages` built (as root)
	bash .ci/try-packages

soak: ## kills, cuts, full disks, clock jumps, and fuzzing beside it, for SOAK_MINUTES (default 48, with fail-overs and 10⁷ steps within the hour; wants root); SOAK_SEED=… plays one run again
	bash .ci/need
	$(GO) test -tags soak -p 1 -run '^TestSoak' -v -timeout 90m ./deploy/house ./flows/prove

fuzz: ## each fuzz target for FUZZTIME (default 10m)
	@for t in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z]*' $$t/*_test.go | sed 's/func //'); do \
	    echo "== $$t $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $${FUZZTIME:-10m} -fuzzminimizetime 5x $$t || exit 1; done; done

.PHONY: help build demo test lint gosec check vuln closed packages try-packages bench reading soak fuzz
