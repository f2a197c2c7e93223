package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"engawa/config"
)

func TestTheConsoleIsNeverOpenBeyondThisMachineOnPlainHTTP(t *testing.T) {
	cert, key := certificate(t)
	_, other := certificate(t)
	for name, row := range map[string]struct {
		changes []string
		ok      bool
	}{
		"loopback":            {[]string{"ENGAWA_CONSOLE_ADDR=127.0.0.1:8081"}, true},
		"loopback of v6":      {[]string{"ENGAWA_CONSOLE_ADDR=[::1]:8081"}, true},
		"localhost":           {[]string{"ENGAWA_CONSOLE_ADDR=localhost:8081"}, true},
		"everywhere":          {[]string{"ENGAWA_CONSOLE_ADDR=0.0.0.0:8081"}, false},
		"no host":             {[]string{"ENGAWA_CONSOLE_ADDR=:8081"}, false},
		"inner network":       {[]string{"ENGAWA_CONSOLE_ADDR=10.1.2.3:8081"}, false},
		"only a URL":          {[]string{"ENGAWA_CONSOLE_ADDR=:8081", "ENGAWA_CONSOLE_URL=https://desk.example"}, false},
		"URL and proxy":       {[]string{"ENGAWA_CONSOLE_ADDR=:8081", "ENGAWA_CONSOLE_URL=https://desk.example", "ENGAWA_TRUSTED_PROXIES=10.0.0.5"}, true},
		"certificate":         {[]string{"ENGAWA_CONSOLE_ADDR=:8081", "ENGAWA_CONSOLE_CERT=" + cert, "ENGAWA_CONSOLE_CERT_KEY=" + key}, true},
		"certificate, no key": {[]string{"ENGAWA_CONSOLE_ADDR=:8081", "ENGAWA_CONSOLE_CERT=" + cert}, false},
		"key of another":      {[]string{"ENGAWA_CONSOLE_ADDR=:8081", "ENGAWA_CONSOLE_CERT=" + cert, "ENGAWA_CONSOLE_CERT_KEY=" + other}, false},
		"no certificate":      {[]string{"ENGAWA_CONSOLE_CERT=" + key, "ENGAWA_CONSOLE_CERT_KEY=" + cert}, false},
	} {
		_, err := config.Load(env(row.changes...))
		if ok := err == nil; ok != row.ok {
			t.Errorf("%s: got %v, want accepted %v", name, err, row.ok)
		}
		if f := config.Faults(err); len(f) > 1 {
			t.Errorf("%s: one cause, %d faults: %v", name, len(f), err)
		}
	}
}

func TestBehindAProxyTheConsoleAnswersNobodyElse(t *testing.T) {
	behind := load(t, "ENGAWA_CONSOLE_ADDR=:8081", "ENGAWA_CONSOLE_URL=https://desk.example", "ENGAWA_TRUSTED_PROXIES=10.0.0.5, 192.168.7.0/24")
	for peer, want := range map[string]bool{
		"10.0.0.5:4711": true, "192.168.7.9:4711": true, "[::ffff:10.0.0.5]:4711": true,
		"10.0.0.6:4711": false, "[2001:db8::1]:4711": false, "": false,
	} {
		if got := behind.ConsoleAllows(peer); got != want {
			t.Errorf("peer %q behind a proxy: got %v, want %v", peer, got, want)
		}
	}
	if !load(t).ConsoleAllows("127.0.0.1:4711") {
		t.Error("on loopback the console refuses this machine")
	}
}

// certificate makes a self-signed one, as PEM files.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert = write(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	key = write(t, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})))
	return cert, key
}
