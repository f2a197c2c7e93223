package house

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSetUpConnectsTheChannelAndSaysWhatIsLeft(t *testing.T) {
	dir := t.TempDir()
	public := freeAddr(t)
	tw := newTown(t, "ENGAWA_PUBLIC_ADDR="+public, "ENGAWA_PUBLIC_URL=http://"+public)
	tw.line.SetQuota(200, 0)
	tw.start()
	for range 2 { // twice: the second time there is nothing to change
		said := tw.runs("setup", "--cases", "40", "--poster", dir)
		for _, want := range []string{
			"○ LINE がこちらのトークンを受けつけます", "○ Webhook の URL は http://" + public + "/line/webhook", "○ LINE から、こちらの入口に届きました",
			"Webhookの再送", "× ことばが見本の「ひなた区」のままです", "× まだ人が確かめていない下書きがあります",
			"40 件の相談で、送るのはおよそ 1160 通", "上限の 200 通では足りません", "○ QRコードを置きました",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("setup did not say %q:\n%s", want, said)
			}
		}
		for _, secret := range []string{townToken, townSecret} {
			if strings.Contains(said, secret) {
				t.Error("setup showed a secret")
			}
		}
	}
	for _, name := range []string{"engawa-qr.png", "engawa-qr.pdf"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSetUpSaysWhatIsWrongWhenLINEDoesNotReachUs(t *testing.T) {
	tw := newTown(t, "ENGAWA_PUBLIC_URL=http://"+freeAddr(t)) // nobody listens there
	said := tw.runs("setup")
	if !strings.Contains(said, "× LINE から届きません（COULD_NOT_CONNECT") {
		t.Errorf("setup said:\n%s", said)
	}
}
