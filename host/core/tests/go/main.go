// Writes values.json: what Go itself makes of regular expressions, JSON and hashes, where ESO's results depend on
// it. The Rust tests read the file; this program is needed only to change it: `go run . > values.json`.
package main

import (
	"bytes"
	"crypto/sha3"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
)

type replacement struct {
	Source string `json:"source"`
	Text   string `json:"text"`
	Target string `json:"target"`
	Result string `json:"result"`
}

type member struct {
	JSON     string `json:"json"`
	Bytes    string `json:"bytes"`
	Embedded string `json:"embedded"`
}

type dataHash struct {
	Data map[string]string `json:"data"` // values in hex
	Hash string            `json:"hash"`
}

type metaHash struct {
	Annotations map[string]string `json:"annotations"`
	Labels      map[string]string `json:"labels"`
	Hash        string            `json:"hash"`
}

type textHash struct {
	Text string `json:"text"`
	Hash string `json:"hash"`
}

var replacements = [][3]string{
	{`(.*)`, "foo", "pre-$1"}, {`^`, "foo", "pre-"}, {`$`, "foo", "-post"}, {`/`, "a/b/c", "_"}, {`^.*/`, "a/b/c", ""},
	{`(\w+)/(\w+)`, "team/app", "$2.$1"}, {`(\w+)/(\w+)`, "team/app", "${2}_${1}"}, {`(\w+)/(\w+)`, "team/app", "$2_$1"},
	{`(\w+)`, "app", "$1x"}, {`(\w+)`, "app", "${1}x"}, {`(?P<n>\w+)`, "app", "$n-${n}-$nn"}, {`(?<n>\w+)`, "app", "[$n]"},
	{`a`, "banana", "$$"}, {`a`, "banana", "$"}, {`a`, "banana", "$-"}, {`a`, "banana", "${"}, {`a`, "banana", "${a"}, {`a`, "banana", "$}"},
	{`(a)(b)?`, "ab a", "<$2>"}, {`a*`, "baaac", "X"}, {`a*?`, "baac", "X"}, {`x*`, "", "X"}, {`x*`, "abc", "-"}, {`(a)`, "aa", "$0$1$2"},
	{`(a)`, "a", "$01"}, {`(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)`, "abcdefghij", "$10"}, {`(a)`, "a", "$10"}, {`(a)`, "a", "${1}0"},
	{`\d`, "a1٣", "#"}, {`\w`, "aé_1-", "#"}, {`\s`, "a b\u00a0c\td\ve", "#"}, {`\W`, "aé_", "#"}, {`\D`, "1é2", "#"}, {`\S`, "a\u00a0 ", "#"},
	{`[\d.]`, "1.é٣", "#"}, {`[^\w]`, "aé-", "#"}, {`[\W]`, "aé-", "#"}, {`[^\s\d]`, "a 1é", "#"}, {`\bfoo\b`, "foo éfooé foo_", "#"}, {`\Boo`, "foo oo", "#"},
	{`.`, "é\na", "#"}, {`(?s).`, "é\na", "#"}, {`(?i)É`, "éÉe", "#"}, {`(?i)k`, "kK\u212a", "#"}, {`(?m)^`, "a\nb", "> "}, {`(?U)a+`, "aaa", "#"}, {`(?-i:a)`, "aA", "#"},
	{`[[:alpha:]]`, "aé1", "#"}, {`[[:^digit:]x]`, "1ax", "#"}, {`[[a]`, "[a]b", "#"}, {`[a[b]`, "[a]b", "#"}, {`[]a]`, "]ab", "#"}, {`[^]a]`, "]ab", "#"}, {`[a\]b]`, "]ab[", "#"},
	{`[a&&b]`, "a&b", "#"}, {`[a~~b]`, "a~b", "#"}, {`[+--]`, "+,-.", "#"}, {`[a-]`, "a-b", "#"}, {`[-a]`, "a-b", "#"}, {`[a\-z]`, "a-bz", "#"}, {`[&~]`, "&~", "#"},
	{`\<`, "a<b", "#"}, {`\>`, "a>b", "#"}, {`\Qa.b\E.`, "a.bc axbc", "#"}, {`\Qa.b`, "a.b axb", "#"}, {`\pL`, "aé1", "#"}, {`\p{Greek}`, "aαb", "#"}, {`\PL`, "a1", "#"},
	{`\x41`, "AB", "#"}, {`\x{1F600}`, "a😀", "#"}, {`\.`, "a.b", "#"}, {`\-`, "a-b", "#"}, {`\a`, "\a", "#"}, {`\Afoo\z`, "foo", "#"}, {`a{2}`, "aaaaa", "#"}, {`a{2,}`, "a aaa", "#"},
	{`(a|ab)(c|bcd)`, "abcd", "$1-$2"}, {`(a+)(b+)?`, "aab", "$2$1"}, {`$1`, "a", "b"}, {`é`, "éa", "e"}, {`(é)`, "é", "${é}"}, {`(?P<é>a)`, "a", "x"}, {`a`, "a", "$é"}, {`a`, "a", "$1é"},
	{`^team-a/(.+)$`, "team-a/db/password", "DB_$1"}, {`[^a-zA-Z0-9_]`, "db.pass-word", "_"}, {`-`, "a-b-c", "_"}, {`^(?:prod|dev)_(?P<key>.*)`, "prod_KEY", "${key}"}, {`\\`, `a\b`, "/"}, {`#`, "a#b", "$#"},
	{`{foo}`, "a{foo}b", "x"}, {`a{`, "a{b", "x"}, {`a{,3}`, "aaa{,3}", "x"}, {`a{02}`, "aa{02}", "x"}, {`a{b}{2}`, "a{b}}", "x"}, {`\x{41}{2}`, "AAA", "x"}, {`\p{Lu}{2}`, "AAb", "x"}, {`\b{start}`, "a{start}", "x"},
	{`[\--z]`, "a-5+{", "x"}, {`[--a]`, "-5+z", "x"}, {`[^--a]`, "-5+z", "x"}, {`[a-c-e]`, "abd-e", "x"}, {`[]-a]`, "]_^a-", "x"}, {`[a{2}]`, "a2{}b", "x"}, {`(?i-s:A)`, "aA", "x"}, {`(?P<n>{)`, "{", "x"},
	{`[#-]`, "a#b", "x"}, {`a b`, "a b", "x"}, {`(?:)`, "ab", "."}, {`\t`, "a\tb", "_"}, {`[\t\n]`, "a\tb", "_"}, {`[[:space:]]`, "a b", "_"}, {`[^[:alnum:]]`, "a-é1", "_"},
}

var members = []string{
	`"text"`, `""`, `"é<&>\u2028\n\t\b\f\u0001\"\\/😀"`, `0`, `-0`, `-0.0`, `1`, `1.50`, `1e3`, `1E+2`, `123456789012345678901234567890`, `1e20`, `1e21`, `1.5e21`, `1e-6`, `1.5e-6`, `1e-7`, `-2.5e-9`,
	`1e-10`, `1e300`, `0.1`, `3.14`, `9007199254740993`, `true`, `false`, `null`, `[]`, `{}`, `[1, "a", null, 1e21, [2.0]]`, `{"b":1,"a":{"y":"<","x":[1e-7]}}`, `{"é":"ü","A":1,"a":2,"_":3}`,
	`["<a href='x'>&"]`, `{"k":"\u0000\u001f\u007f"}`, `[0.000001, 1e22, 100000000000000000000]`,
}

var datas = []map[string]string{
	{}, {"a": ""}, {"k": "6162"}, {"foo": "626172", "baz": "00ff7f80"}, {"b": "32", "a": "31", "B": "30"}, {"tls.crt": "2d2d2d2d2d", "tls.key": "0a"}, {"a-b_c.d": "c3a9"},
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func sum(value any) string {
	return fmt.Sprintf("%x", sha3.Sum224([]byte(fmt.Sprintf("%+v", value))))
}

// asBytes is how ESO turns a member of a merged object into the bytes of a key.
func asBytes(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(value)
	case nil:
		return ""
	default:
		return string(must(json.Marshal(value)))
	}
}

func plain(value any) string {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return string(bytes.TrimRight(buffer.Bytes(), "\n"))
}

func main() {
	var out struct {
		Replacements []replacement `json:"replacements"`
		Members      []member      `json:"members"`
		Data         []dataHash    `json:"data"`
		Meta         []metaHash    `json:"meta"`
		Texts        []textHash    `json:"texts"`
	}
	for _, r := range replacements {
		source, err := regexp.Compile(r[0])
		if err != nil {
			fmt.Fprintln(os.Stderr, "not Go's:", r[0], err)
			continue
		}
		out.Replacements = append(out.Replacements, replacement{r[0], r[1], r[2], source.ReplaceAllString(r[1], r[2])})
	}
	for _, text := range members {
		var value any
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			panic(err)
		}
		out.Members = append(out.Members, member{text, asBytes(value), plain(map[string]any{"m": value})})
	}
	for _, data := range datas {
		raw := map[string][]byte{}
		for key, value := range data {
			raw[key] = must(hex.DecodeString(value))
		}
		out.Data = append(out.Data, dataHash{data, sum(raw)})
	}
	type meta struct {
		annotations map[string]string
		labels      map[string]string
	}
	for _, m := range []meta{{nil, nil}, {map[string]string{"b": "2", "a": "1"}, nil}, {nil, map[string]string{"app": "x"}}, {map[string]string{"k": ""}, map[string]string{"z": "é", "y": "a b"}}} {
		out.Meta = append(out.Meta, metaHash{m.annotations, m.labels, sum(m)})
	}
	for _, text := range []string{"", "default/app", "team-a/a-rather-long-name-of-an-external-secret", "é"} {
		out.Texts = append(out.Texts, textHash{text, sum(text)})
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(out); err != nil {
		panic(err)
	}
	os.Stdout.Write(buffer.Bytes())
}
