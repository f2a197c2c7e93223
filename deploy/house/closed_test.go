//go:build closed

package house

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"engawa/config/redistest"
)

// inside tells the copy of this test that it runs in the closed network.
const inside = "ENGAWA_TEST_CLOSED"

// TestAWholeTalkNeedsNothingButWhatIsConfigured runs itself again in a network of its
// own, in which only the machine itself can be reached: the built program, a real
// Redis and LINE's emulator live there through a whole talk.
func TestAWholeTalkNeedsNothingButWhatIsConfigured(t *testing.T) {
	if os.Getenv(inside) != "" {
		loopbackUp(t)
		onlyLoopback(t)
		wholeTalk(t, newClosedTown(t))
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"="+engawa(t))
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWNET | syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("in the closed network: %v\n%s", err, tail(string(out), 6000))
	}
}

func newClosedTown(t *testing.T) *town {
	t.Helper()
	if path := os.Getenv(inside); path != "" { // built outside: nothing can be fetched here
		binary.Do(func() { binary.path = path })
	}
	return newTown(t, "ENGAWA_KEYS_REDIS_URL="+redistest.Start(t).URL())
}

// loopbackUp switches on the one interface that a new network has.
func loopbackUp(t *testing.T) {
	t.Helper()
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Close(s) }()
	request := struct {
		name  [16]byte
		flags uint16
		_     [22]byte
	}{name: [16]byte{'l', 'o'}, flags: syscall.IFF_UP | syscall.IFF_RUNNING}
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(s), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); e != 0 {
		t.Fatal(e)
	}
}

func onlyLoopback(t *testing.T) {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil || len(all) != 1 || all[0].Flags&net.FlagLoopback == 0 {
		t.Fatalf("the network is not closed: %v, %v", all, err)
	}
	if c, err := net.DialTimeout("tcp", "192.0.2.1:443", time.Second); err == nil {
		_ = c.Close()
		t.Fatal("the network is not closed: somebody answers")
	}
}

// wholeTalk is a talk from the first word to the last 消す, with a coordinator in it.
func wholeTalk(t *testing.T, tw *town) {
	t.Helper()
	tw.start()
	desk := tw.clerk("suzuran", "すずらん")
	user := tw.line.NewUser()
	tw.line.SendText(user, "死にたい")
	tw.awaitText(user, "119")
	page := desk.takes()
	desk.sees(page, "死にたい")
	tw.awaitText(user, "すずらん")
	tw.line.SendText(user, "いま、家にいます")
	tw.line.SendText(user, "消す")
	tw.awaitText(user, "72時間残ります")
	tw.press(user, "いま消す")
	tw.awaitText(user, "消しました")
	tw.run("backup", filepath.Join(t.TempDir(), "b"))
	if out := tw.run("doctor"); strings.Contains(out, "×") {
		t.Errorf("doctor: %s", out)
	}
	tw.stop(syscall.SIGTERM)
	for _, c := range tw.line.Complaints() {
		t.Errorf("LINE complains: %s", c)
	}
}

// TestNoConnectionIsTriedButToTheConfiguredHosts watches every connect of the program
// and its threads from outside (strace), through the same talk.
func TestNoConnectionIsTriedButToTheConfiguredHosts(t *testing.T) {
	tw := newClosedTown(t)
	trace := filepath.Join(t.TempDir(), "trace")
	tw.traced(trace)
	wholeTalk(t, tw)
	allowed := map[string]bool{"tcp " + strings.TrimPrefix(tw.api.URL, "http://"): true}
	for _, name := range []string{"REDIS_URL", "ENGAWA_KEYS_REDIS_URL"} {
		allowed["unix "+strings.TrimPrefix(tw.setting(name), "unix://")] = true
	}
	tried := connects(t, trace)
	for to := range tried {
		if !allowed[to] {
			t.Errorf("a connection to %s was tried, which no setting names", to)
		}
	}
	for to := range allowed {
		if tried[to] == 0 {
			t.Errorf("no connection to %s was seen: the watch sees nothing, or the talk did not need it", to)
		}
	}

	// The watch notices a stranger: an alarm's address that only now is configured.
	tw.env = append(tw.env, "ENGAWA_ALARM_HOOK=http://127.0.0.1:9/hook", "ENGAWA_ALARM_HOOK_SECRET=0123456789abcdef0123456789abcdef")
	tw.runs("doctor", "--call")
	if connects(t, trace)["tcp 127.0.0.1:9"] == 0 {
		t.Error("the watch does not notice a connection to somebody else: this test could not fail")
	}
}

// traced puts strace before every start of the program.
func (tw *town) traced(trace string) {
	tw.Helper()
	real := engawa(tw)
	wrapper := filepath.Join(tw.TempDir(), "engawa")
	text := fmt.Sprintf("#!/bin/sh\nexec strace -D -f -qq -A -e trace=connect,sendto,sendmsg -e signal=none -o %s %s \"$@\"\n", trace, real)
	if err := os.WriteFile(wrapper, []byte(text), 0o755); err != nil {
		tw.Fatal(err)
	}
	binary.path = wrapper
	tw.Cleanup(func() { binary.path = real })
}

func (tw *town) setting(name string) string {
	for _, e := range tw.env {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value
		}
	}
	return ""
}

var (
	inet = regexp.MustCompile(`(connect|sendto|sendmsg)\(.*sa_family=AF_INET6?, sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"`)
	unix = regexp.MustCompile(`(connect|sendto|sendmsg)\(.*sa_family=AF_UNIX, sun_path=(@?"[^"]+")`)
)

// connects are the addresses that the trace shows, and how often.
func connects(t *testing.T, trace string) map[string]int {
	t.Helper()
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for _, line := range strings.Split(string(text), "\n") {
		if m := inet.FindStringSubmatch(line); m != nil {
			tried["tcp "+net.JoinHostPort(m[3], m[2])]++
		}
		if m := unix.FindStringSubmatch(line); m != nil {
			tried["unix "+strings.Trim(m[2], `"`)]++
		}
	}
	return tried
}
