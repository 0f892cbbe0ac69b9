// Writes cases.json: what gjson answers to paths on the documents below. The Rust tests read the file; this
// program is needed only to change it: `go run . > cases.json`.
//
// With a number as argument it writes that many random cases instead, for a comparison at large.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

type testCase struct {
	Document string `json:"document"`
	Path     string `json:"path"`
	Exists   bool   `json:"exists"`
	Text     string `json:"text"`
}

var documents = map[string]string{
	"person": `{
  "name": {"first": "Tom", "last": "Anderson"},
  "age":37,
  "children": ["Sara","Alex","Jack"],
  "fav.movie": "Deer Hunter",
  "friends": [
    {"first": "Dale", "last": "Murphy", "age": 44, "nets": ["ig", "fb", "tw"]},
    {"first": "Roger", "last": "Craig", "age": 68, "nets": ["fb", "tw"]},
    {"first": "Jane", "last": "Murphy", "age": 47, "nets": ["ig", "tw"]}
  ]
}`,
	"scalars": `{"s":"a\n\"q\" \u00e9 \ud83d\ude00 </&>","i":42,"neg":-7,"f":1.50,"e":1e3,"big":123456789012345678901234567890,` +
		`"huge":1e400,"nhuge":-1e400,"tiny":1e-7,"nz":-0.0,"zero":0,"t":true,"fa":false,"n":null,"es":"","eo":{},"ea":[],"":"empty name"}`,
	"names": `{"a.b":1,"a":{"b":2,"c.d":3},"a*b":4,"a?b":5,"x|y":6,"@this":7,"!true":8,"#":9,"q\"uote":10,"back\\slash":11,` +
		`"{b}":12,"[c]":13,"\u0061b":14,"a\\*b":15,"ümlaut":16,"two words":17,"@type":18,"..":19,"0":20,"true":21,"aXb":22,"aXYb":23}`,
	"arrays": `{"m":[[1,2],[3,4,[5,6]],[],7],"mixed":[1,"two",null,true,false,{"a":1},[8]],"empty":[],` +
		`"objects":[{"k":"a","v":1},{"k":"b","v":"two"},{"k":"c"},{"k":null,"v":null},{"v":false}],` +
		`"bools":[true,false],"numbers":[1,2.5,-3,1e2,10],"strings":["apple","banana","cherry","1","true","f"],` +
		`"nested":[{"in":[{"x":1,"y":{"z":"p"}},{"x":2}]},{"in":[{"x":3}]},{"in":[]}]}`,
	"array":  `[ {"id": 1, "tags": ["a", "b"]}, {"id": 2, "tags": []}, "text", 3.0, null, [1, [2]] ]`,
	"groups": `{"id":["1","2","3"],"val":[2,1],"x":"no"}`,
	"config": `{"db":{"host":"db.example","port":5432,"users":[{"name":"app","pw":"s3cr3t"},{"name":"admin","pw":"p|w.d"}]},` +
		`"json":"{\"inner\":{\"k\":\"v\"},\"l\":[1,2]}","pem":"-----BEGIN X-----\nabc\n-----END X-----\n","n":"12"}`,
	"spaced": "  { \"a\" : [ 1 , [ 2 , 3 ] , { \"b\" : \"x y\" } ] }  ",
	"text":   `"just text"`,
	"number": `12.50`,
	"null":   `null`,
}

var paths = map[string][]string{
	"person": {
		"name.last", "name.first", "name", "age", "children", "children.#", "children.1", "children.3", "children.-1",
		"child*.2", "c?ildren.0", "*.first", "*.1", "*", "?", "fav\\.movie", "fav.movie", "fav*", "friends.#.first",
		"friends.#.nets", "friends.#.nets.#", "friends.#.nets.0", "friends.1.last", "friends.#.missing",
		"friends.#(last==\"Murphy\").first", "friends.#(last==\"Murphy\")#.first", "friends.#(last==Murphy)#.age",
		"friends.#(age>45)#.last", "friends.#(age>=47)#.first", "friends.#(age<47)#.first", "friends.#(age<=44).first",
		"friends.#(age!=44)#.first", "friends.#(first%\"D*\").last", "friends.#(first!%\"D*\").last",
		"friends.#(first!%\"D*\")#.last", "friends.#(nets.#(==\"fb\"))#.first", "friends.#(nets.#(==\"nope\"))#.first",
		"friends.#(nets.#==3).first", "friends.#(first)", "friends.#(nope)", "friends.#(nope)#", "friends.#(age)#.age",
		"friends.#(last=\"Murphy\")#|0.first", "friends.#(last=\"Murphy\")#|#", "friends.#(last=\"Murphy\")#.first|1",
		"friends.#[last==\"Murphy\"].first", "friends.#[last==\"Murphy\"]#.first", "friends.#( last == \"Murphy\" )#.age",
		"friends|0", "friends|0.first", "friends|#", "friends.#|@this", "friends.0|first", "name|last", "name|@keys",
		"@this", "@this.name.last", "@this|age", "@keys", "@values", "@values.1", "@reverse|@keys", "children|@reverse",
		"children.@reverse", "children|@reverse|0", "children.@reverse.0", "@valid", "@valid.age", "@ugly", "friends.@ugly",
		"friends.0.@ugly", "name.@tostr", "name.@tostr.@fromstr.first", "{name.first,age}", "{name.first,age}.age",
		"{\"f\":name.first,\"years\":age}", "{\"f\":name.first,\"years\":age}|years", "[name.first,age]", "[name.first,age].1",
		"[name.first,missing,age]", "[missing]", "{missing}", "{name.{first,last},children.0}", "[@this.age,children.#]",
		"friends.{first,last}", "friends.#.{first,last}", "friends.#.[first,age]", "friends.#.{first,\"n\":nets.#}",
		"friends.0.{first,\"n\":nets.#}", "{\"static\":!\"value\",age}", "{age,\"s\":!true}", "[!1,!\"a\",!null,!{\"k\":[1]}]",
		"!\"hi\"", "!true", "!null", "!5", "!{\"a\":1}.a", "!{\"a\":1}|a", "![1,2].#", "missing", "missing.more", "name.missing",
		"name.first.more", "age.x", "children.x", "children.0.x", "children.#.x", "friends.#.#", "friends.#.nets|0",
		"friends.#.nets.@flatten", "friends.#.nets|@flatten", "friends.#.nets|@flatten|#", "friends.#.name|@reverse",
		"friends.@join", "friends.@join.age", "friends.#.{first}|@join", "friends|@join:{\"preserve\":true}",
		"name.first|@this|@this", "name.@this.first", "..0.age", "..#", "..#.age", "..1", "missing|@keys", "missing|@this",
		"missing|@tostr", "missing|[a,b]", "missing|{a}", "missing|!7", "missing.a|@keys", "friends.#(last==\"Murphy\")#.nets.0",
		"friends.#(last==\"Murphy\")#.nets|0", "friends.#(last==\"Murphy\")#.nets|@flatten", "friends.#(last==\"Murphy\").nets.1",
		"friends.#(last==\"Nobody\")#.first", "friends.#(last==\"Nobody\").first", "*.#(last==\"Craig\").age", "f*.#.last",
		"friends.#.first.@reverse", "friends.#.age.@this", "friends.#(first==Jane).{last,age}", "friends.#(age>40)#.{first}",
		"friends.#(age>40)#|[0.first,1.first]", "children.{0,1}", "children.[0,2]", "[children.0,friends.#(age>60).first]",
		"friends.0.nets.#(%\"f*\")", "friends.0.nets.#(!%\"f*\")#", "friends.#.nets.#(==\"ig\")", "age|", "name.", ".name", "name..first", "|name",
		"friends.", "friends.#.", "children.01", "children.00", "children.1.", "name.@keys.0", "@keys.#", "@keys.#(%\"f*\")#",
	},
	"scalars": {
		"s", "i", "neg", "f", "e", "big", "huge", "nhuge", "tiny", "nz", "zero", "t", "fa", "n", "es", "eo", "ea", "eo.x", "ea.0",
		"ea.#", "ea.#.x", "n.x", "es.x", "t.x", "", "*", "e*", "n*", "?", "??", "s.@tostr", "n.@tostr", "n|@keys", "t|@values",
		"f.@tostr", "f.@fromstr", "n|@fromstr", "t|@fromstr", "@values|#", "@values|0", "@keys|@tostr", "eo|@keys", "ea|@keys", "eo|@values", "ea|@reverse",
		"eo|@reverse", "i|@reverse", "i|@flatten", "i|@join", "i|@group", "[s,i,n]", "{s}", "{i,n,missing,es}", "[huge]", "[nz,f]|@ugly",
		"[f]|0", "[e]|0", "es|@tostr", "t|@this", "n|@this", "n|@valid", "{\"a<b\":i}", "{a<b:i}", "{a\"b:i}", "{:i}", "[]", "{}", "[i,]", "{i,}",
	},
	"names": {
		"a.b", "a\\.b", "a.c\\.d", "a\\*b", "a*b", "a?b", "a\\?b", "x\\|y", "x|y", "\\@this", "@this", "\\!true", "!true", "#", "q\"uote",
		"back\\\\slash", "\\{b\\}", "\\[c\\]", "{b}", "[c]", "ab", "a\\\\\\*b", "ümlaut", "?mlaut", "ü*", "*laut", "two words", "two*", "@type", "..",
		"\\.\\.", "0", "true", "a??b", "a*", "*b", "*\\*b", "a\\**", "*\\\\*", "\\a.\\b", "ab\\", "{a\\.b}", "[a\\.b,ümlaut]", "{two words}", "@type.x", "{@type,0}",
		"a|b", "a|c\\.d", "a.{b}", "a.[b]", "a.@keys", "a.@type", "[x\\|y]", "{\"n\":x\\|y}", "{x\\|y}",
	},
	"arrays": {
		"m", "m.#", "m.0", "m.0.1", "m.1.2.0", "m.#.#", "m.#.0", "m.@flatten", "m|@flatten:{\"deep\":true}", "m|@flatten:{\"deep\":false}",
		"m|@flatten|#", "m|@reverse", "m.#.@reverse", "m.#.@keys", "mixed", "mixed.#", "mixed.#.a", "mixed.#(==1)", "mixed.#(==\"two\")", "mixed.#(==two)",
		"mixed.#(==true)", "mixed.#(==false)", "mixed.#(==null)", "mixed.#(a)", "mixed.#(a==1)", "mixed.#(a==1)#", "mixed.#(==~null)", "mixed.#(==~null)#",
		"mixed.#(==~true)#", "mixed.#(==~false)#", "mixed.#(!=~true)#", "mixed.#(==~*)#", "mixed.#(==~nope)#", "mixed.#()", "mixed.#()#", "mixed.@join",
		"mixed|@values", "mixed.@tostr", "mixed.3", "mixed.2", "mixed.5.a", "mixed.6.0", "empty", "empty.#", "empty.#.x", "empty.#(x)#", "empty.#(x)", "empty.0",
		"empty|@join", "empty|@flatten", "objects.#.v", "objects.#(v)#.k", "objects.#(v==1).k", "objects.#(v==\"two\").k", "objects.#(v==two).k", "objects.#(v==~null)#.k",
		"objects.#(v==~false)#", "objects.#(v!=~*)#.k", "objects.#(v==~*)#.k", "objects.#(k==null)#", "objects.#(k!=\"a\")#.k", "objects.#(k>\"a\")#.k", "objects.#(k>=\"b\")#.k",
		"objects.#(k<\"b\")#.k", "objects.#(k<=\"b\")#.k", "objects.#(k%?)#.k", "objects.#(k%[ab])#.k", "objects.#(k==\"b\").v", "objects.#(k==\"c\").v", "objects.#(k==\"c\")#.v",
		"objects.#.k|@tostr", "objects.@join", "objects.@join:{\"preserve\":true}", "objects.@join.k", "bools.#(==true)", "bools.#(>false)", "bools.#(>=false)#", "bools.#(<true)#",
		"bools.#(<=true)#", "bools.#(!=true)#", "bools.#(%t*)#", "numbers.#(>2)#", "numbers.#(<=2.5)#", "numbers.#(==100)", "numbers.#(=10)", "numbers.#(!=1)#", "numbers.#(>\"2\")#",
		"numbers.#(>abc)#", "numbers.#(>)#", "numbers.#(!)#", "numbers.#(%1*)#", "strings.#(%\"*an*\")", "strings.#(%*e*)#", "strings.#(!%*e*)#", "strings.#(%\"?????\")", "strings.#(>\"b\")#", "strings.#(==~true)#",
		"strings.#(==~false)#", "strings.#(!=\"apple\")#", "strings.#(==\"1\")", "strings.#(==1)", "nested.#.in", "nested.#.in.#", "nested.#.in.#.x", "nested.#.in.#.x|@flatten", "nested.#.in.0.x",
		"nested.#.in.#(x>1)", "nested.#.in.#(x>1)#", "nested.#.in.#(x>1)#|@flatten", "nested.#(in.#(x==3)).in.0", "nested.#(in.#(y.z==\"p\")).in.#", "nested.#(in.#>1)#.in.0.x", "nested.0.in.0.y.z",
		"nested.#.in|0.#.x", "nested.#.in|#", "nested.#.in.#|0", "nested.#.in.@this|0", "nested.0.in.#.{x}", "nested.#.in.#.y.z", "nested.#.in.0.y", "nested.*", "nested.0.*.0.x", "*.0.1", "*.#(k==\"b\").v", "*.#(==2.5)", "*.#(k==\"b\")#",
		"m.99999999999999999999", "m.999999999", "m.1x", "m.#x", "m.x#", "m.##", "m.#.", "m.#(", "m|#", "m.#|#",
	},
	"array": {
		"0", "0.id", "#", "#.id", "#.tags", "#.tags.#", "#(id==2)", "#(id==2).tags", "#(id>0)#.id", "#(tags.#==2).id", "2", "3", "4", "5.1.0", "6", "@reverse", "@reverse.0", "@flatten",
		"@flatten:{\"deep\":true}", "@join", "@keys", "@values", "@this.#", "[0.id,1.id]", "{0.id}", "{\"first\":0.id}", "#.@this", "#.@tostr", "#.[id]", "#.{id}", "..#", "..0.0.id", "*", "0.*", "id", "#(==\"text\")", "#(==3)", "#(==null)", "#.id|0", "#.id.#", "#|@this", "@ugly", "1.tags|@reverse",
	},
	"groups": {"@group", "@group.0", "@group.#.id", "@group|1.val", "{id,val}|@group", "id.@group", "x.@group"},
	"config": {
		"db.host", "db.port", "db.users.#(name==\"app\").pw", "db.users.#(name==\"admin\").pw", "db.users.#(pw==\"p|w.d\").name", "db.users.#.name", "json", "json.@fromstr.inner.k",
		"json.inner", "json|@fromstr|l.1", "json|@fromstr|l|@reverse", "pem", "db.users.#(name%\"a*\")#.name", "{\"url\":db.host,\"p\":db.port}", "db.{host,port}", "n.@fromstr", "db.@keys", "db.users.@flatten", "db.users.#.{name}", "db.users.0|@values|1",
		"db.users.#(name==\"\\u0061pp\").pw", "db.users.#(pw==\"p\\u007cw.d\").name", "db.users.#(name=\"app\")#|0|pw", "db.*.#", "d*.h*", "db.users.#.pw|@tostr", "pem.@tostr", "db.users|@reverse|0.name",
	},
	"spaced": {"a", "a.0", "a.1", "a.2.b", "a.@ugly", "a.@flatten", "a|@reverse", "a.#", "a.1|@reverse", "@ugly", "@keys", "a.2", "a.2|@tostr", "[a.0,a.1]", "a.@flatten:{\"deep\":true}", "a|@join"},
	"text":   {"@this", "@tostr", "@values", "@keys", "[@this]", "{\"a\":@this}", "just", "#", "0", "@reverse", "..0", "..#"},
	"number": {"@this", "@values", "a", "[@this]", "@tostr", "..0", "@fromstr"},
	"null":   {"@this", "@values", "a", "@keys", "[@this]", "..0"},
}

var order = []string{"person", "scalars", "names", "arrays", "array", "groups", "config", "spaced", "text", "number", "null"}

func ask(name, path string) testCase {
	found := gjson.Get(documents[name], path)
	return testCase{name, path, found.Exists(), found.String()}
}

// pieces of random paths; a "~k" stands for a member name or index of the document.
var pieces = []string{"~k", "~k", "~k", "~k", "#", "*", "#.", "?", "0", "1", "@this", "@keys", "@values", "@reverse", "@flatten", "@join", "@ugly", "@tostr",
	"[~k,~k]", "{~k,\"n\":~k}", "#(~k==\"a\")", "#(~k>1)#", "#(~k)#", "#(==~true)#", "#(~k%\"*a*\")", "!\"x\"", "!1", "@valid", "#(~k.#>1)#", "[~k.~k,#]", "{~k.#.~k}", "~k*", "#(~k|@this==1)#"}

func randomPath(r *rand.Rand, names []string) string {
	var path strings.Builder
	for i := range 1 + r.IntN(4) {
		if i > 0 {
			path.WriteString([]string{".", ".", "|"}[r.IntN(3)])
		}
		piece := pieces[r.IntN(len(pieces))]
		for strings.Contains(piece, "~k") {
			piece = strings.Replace(piece, "~k", names[r.IntN(len(names))], 1)
		}
		path.WriteString(piece)
	}
	return path.String()
}

func main() {
	cases := []testCase{}
	if len(os.Args) > 1 {
		count, _ := strconv.Atoi(os.Args[1])
		r := rand.New(rand.NewPCG(1, 2))
		for len(cases) < count {
			name := order[r.IntN(8)]
			names := []string{}
			gjson.Parse(documents[name]).Get("@this").ForEach(func(key, value gjson.Result) bool {
				names = append(names, gjson.Escape(key.String()))
				value.ForEach(func(key, value gjson.Result) bool {
					if key.Type == gjson.String {
						names = append(names, gjson.Escape(key.String()))
					}
					value.ForEach(func(key, _ gjson.Result) bool {
						if key.Type == gjson.String {
							names = append(names, gjson.Escape(key.String()))
						}
						return true
					})
					return true
				})
				return true
			})
			cases = append(cases, ask(name, randomPath(r, names)))
		}
	} else {
		for _, name := range order {
			for _, path := range paths[name] {
				cases = append(cases, ask(name, path))
			}
		}
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	line := func(value any) string {
		var text strings.Builder
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			panic(err)
		}
		return strings.TrimSpace(text.String())
	}
	fmt.Fprintf(out, "{\"documents\": %s,\n\"cases\": [\n", line(documents))
	for i, one := range cases {
		comma := ","
		if i == len(cases)-1 {
			comma = ""
		}
		fmt.Fprintln(out, line(one)+comma)
	}
	fmt.Fprintln(out, "]}")
}
