package privacy_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"engawa/config/privacy"
)

func TestAMasterKeyIsReadInEveryUsualSpellingOfBase64(t *testing.T) {
	raw := []byte(strings.Repeat("\xfb\xef", 15) + "ab") // has + and / (or - and _)
	for name, enc := range map[string]*base64.Encoding{
		"standard":     base64.StdEncoding,
		"unpadded":     base64.RawStdEncoding,
		"url":          base64.URLEncoding,
		"url unpadded": base64.RawURLEncoding,
	} {
		if _, err := privacy.ParseMaster(" " + enc.EncodeToString(raw) + " "); err != nil {
			t.Errorf("%s: got %v, want no fault", name, err)
		}
	}
}

func TestEveryFaultOfTheMasterKeysIsNamedAtOnceAndNoKeyIsShown(t *testing.T) {
	good := privacy.NewMasterKey()
	short := base64.StdEncoding.EncodeToString([]byte("too-short-canary"))
	same := base64.StdEncoding.EncodeToString(make([]byte, 32))
	list := strings.Join([]string{good, "***canary***", short, "", same, good}, ",")
	_, err := privacy.ParseMaster(list)
	if err == nil {
		t.Fatal("got no fault")
	}
	for _, want := range []string{
		"master key 2: not base64", "master key 3: 16 bytes, want 32", "master key 4: empty",
		"master key 5: not random", "master key 6 stands in the list twice",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want it to name %q", err, want)
		}
	}
	for _, secret := range []string{"canary", good, short} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error shows a key: %q", err)
		}
	}
}

func TestNothingPrintsAKey(t *testing.T) {
	list := privacy.NewMasterKey()
	raw, _ := base64.StdEncoding.DecodeString(list)
	m := master(t, list)
	holder := struct{ m privacy.Master }{m}
	for _, text := range []string{fmt.Sprintf("%+v %#v", m, m), fmt.Sprintf("%+v %#v", holder, holder)} {
		for _, secret := range []string{list, string(raw), fmt.Sprint(raw[:8])} {
			if strings.Contains(text, strings.Trim(secret, "[]")) {
				t.Errorf("printing shows the master key: %s", text)
			}
		}
	}
}

func TestTheZeroMasterIsNotSet(t *testing.T) {
	if (privacy.Master{}).Set() {
		t.Error("a master without keys says that it is set")
	}
}
