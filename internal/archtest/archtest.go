// Package archtest holds the architecture of Guardroom as a test: which package may import which, and that every package
// says what it is for.
//
// It reads source text with go/parser and imports nothing of ours, so it also tells on a tree that does not compile.
// Change the table only together with an ADR that says why.
package archtest

// module is the path in go.mod; a test compares the two.
const module = "github.com/guardroom/guardroom"

// rule is one row of the import table. Packages are named by their path below the module.
type rule struct {
	imports []string // of ours; everything stands for every package but commands
	reason  string
}

const everything = "*"

// table lists every package that may exist. A package that is not here fails, so that a new one is a decision.
var table = map[string]rule{
	"internal/review": {nil,
		"the nouns and the use cases stand on the standard library alone; everything else depends on them"},
	"internal/config":         {nil, "configuration is declared before anything exists that could use it"},
	"internal/harmless":       {nil, "knows characters, not what they are about"},
	"internal/httpsig":        {nil, "signs and reads requests, whoever sends them; the client signs by the code that the server checks"},
	"internal/secret":         {nil, "hashes and tokens know nothing of whom they are for"},
	"static":                  {nil, "assets are bytes and their fingerprints"},
	"migrations":              {nil, "migrations are SQL: Go types change, a migration that ran does not"},
	"views/ui":                {[]string{"views/text"}, "a button knows nothing of Items; that keeps it a button"},
	"views/text":              {nil, "a catalogue knows words, not pages"},
	"internal/guard/textview": {nil, "views of a text and their way back to its offsets, whoever asks"},

	"internal/guard": {[]string{"internal/review", "internal/guard/textview"}, "the pipeline runs detectors and does not know one by name"},
	"internal/guard/classifier": {[]string{"internal/review", "internal/guard/textview", "internal/guard/classifier/grammar", "internal/guard/logistic", "internal/guard/samples"},
		"a model scores text and decides nothing"},
	"internal/guard/classifier/grammar": {nil, "writes training texts and knows nothing of models"},
	"internal/guard/logistic":           {nil, "fits numbers, whatever they stand for"},
	"internal/guard/samples":            {nil, "labelled texts, whatever the model"},
	"internal/guard/gibberish":          {[]string{"internal/guard/logistic", "internal/guard/samples"}, "a model scores text and decides nothing"},
	"internal/guard/toxicity":           {[]string{"internal/guard/logistic", "internal/guard/samples", "internal/guard/textview"}, "a model scores text and decides nothing"},
	"internal/guard/grounding":          {[]string{"internal/guard/logistic", "internal/guard/samples", "internal/guard/textview"}, "a model scores sentences and decides nothing"},
	"internal/guard/detectors": {[]string{"internal/guard", "internal/guard/textview", "internal/guard/classifier", "internal/guard/gibberish",
		"internal/guard/toxicity", "internal/guard/grounding", "internal/review"},
		"a detector sees an Interaction, never storage"},

	"internal/guard/memory": {[]string{"internal/guard", "internal/guard/textview", "internal/review"}, "remembers sketches of texts; it is taught, and knows no storage"},
	"internal/sso":          {[]string{"internal/reach", "internal/review", "internal/secret"}, "asks a provider who somebody is; who may come in is a use case"},
	"internal/reach":        {nil, "which addresses may be dialled, whoever wants to"},
	"internal/guard/remote": {[]string{"internal/reach", "internal/guard", "internal/guard/textview", "internal/review"}, "asks services that an operator names; the pipeline sees detectors like any other"},

	"internal/guard/moderation": {[]string{"internal/guard", "internal/review"}, "asks a moderation endpoint that it is handed; the pipeline sees a detector like any other"},

	"internal/behavior":            {[]string{"internal/review", "internal/secret"}, "windows and budgets over Interactions"},
	"internal/behavior/simulation": {[]string{"internal/behavior", "internal/review"}, "makes people up and watches them through the same Tracker that serves"},

	"internal/bias":    {[]string{"internal/review", "internal/secret"}, "evidence to Intervention, without looking at the guard's Findings"},
	"internal/quality": {[]string{"internal/review", "internal/secret"}, "measures are computed from Decisions that are handed in"},
	"internal/audit":   {[]string{"internal/review", "internal/secret", "internal/harmless"}, "the chain hashes Events and does not store them"},
	"internal/siem":    {[]string{"internal/review", "internal/audit"}, "sends the trail through an interface of its own"},
	"internal/llm":     {[]string{"internal/review", "internal/secret"}, "the one door to a remote model"},
	"internal/gateway": {[]string{"internal/review", "internal/llm"}, "one guarded call of a model: screened, redacted, sent, screened again, recorded"},

	"internal/bias/experiment": {[]string{"internal/review"}, "reads what an Experiment has shown; it stores nothing and assigns nobody"},

	"internal/mail":    {nil, "hands text to a mail server, whatever it says"},
	"internal/outbox":  {[]string{"internal/mail", "internal/reach", "internal/review", "internal/guard", "internal/secret", "views/text"}, "delivers what the store wrote, through an interface of its own, in words of the one catalogue"},
	"internal/export":  {[]string{"internal/review", "internal/guard", "internal/secret", "internal/harmless"}, "writes rows that it is handed"},
	"internal/redteam": {[]string{"internal/review", "internal/guard", "internal/secret"}, "attacks through the same pipeline that serves"},
	"internal/demo":    {[]string{"internal/review"}, "sample traffic goes the way of real traffic: through the service"},

	"internal/store": {[]string{"internal/review", "migrations", "internal/secret", "internal/audit"}, "the only package that knows SQL"},

	"views":           {[]string{"internal/review", "internal/quality", "internal/bias/experiment", "views/ui", "views/text", "static"}, "pages are functions of view models; they never see Echo or a database"},
	"views/storybook": {[]string{"views", "views/ui", "internal/review", "internal/quality", "internal/bias/experiment", "static"}, "shows every view on fixtures"},
	"web":             {[]string{"internal/review", "internal/quality", "internal/bias/experiment", "internal/export", "internal/gateway", "internal/llm", "views", "views/text", "static", "internal/secret", "internal/harmless", "internal/httpsig"}, "HTTP in, use case, page out; it never sees GORM"},

	"web/client": {[]string{"internal/httpsig"}, "calls a server as any application does, and knows nothing of what is behind it"},

	"internal/app":  {[]string{everything}, "the composition root knows everybody, and nobody but commands and harnesses knows it"},
	"cmd/guardroom": {[]string{"internal/app", "internal/config"}, "flags in, exit code out"},

	"internal/mail/mailtest":   {nil, "stands in for a mail server, whoever sends"},
	"internal/llm/llmtest":     {nil, "stands in for a service, whoever calls it"},
	"internal/hostile":         {nil, "texts that attack, whatever shows them"},
	"internal/pgtest":          {nil, "starts a PostgreSQL, whatever it is for"},
	"internal/browsertest":     {nil, "drives a browser, whatever it looks at"},
	"internal/archtest":        {nil, "reads source text"},
	"internal/store/storetest": {[]string{"internal/review", "internal/store", "internal/audit", "internal/secret"}, "one conformance suite for every database"},
	"web/webtest": {[]string{"internal/app", "web", "internal/review", "internal/store", "internal/config", "internal/secret"},
		"scenarios run against the whole server on a real file"},
	"internal/e2e": {[]string{"internal/app", "internal/config", "internal/review", "web/webtest"}, "a browser in front of the whole server"},
}

// harnesses exist for tests. Any test may import one; what ships may not.
var harnesses = map[string]bool{
	"internal/llm/llmtest":     true,
	"internal/mail/mailtest":   true,
	"internal/hostile":         true,
	"internal/pgtest":          true,
	"internal/browsertest":     true,
	"internal/archtest":        true,
	"internal/store/storetest": true,
	"internal/e2e":             true,
	"views/storybook":          true,
	"web/webtest":              true,
}

// confined names libraries that only some packages may import, tests included. A key covers the packages below it.
var confined = map[string]rule{
	"gorm.io":                         {[]string{"internal/store", "internal/store/storetest"}, "rows are the store's business"},
	"database/sql":                    {[]string{"internal/store", "internal/store/storetest", "internal/app", "internal/pgtest", "migrations"}, "SQL is the store's business"},
	"github.com/labstack/echo":        {[]string{"web", "web/webtest", "internal/app"}, "another router must not reach further than web"},
	"github.com/sashabaranov":         {[]string{"internal/llm"}, "one door to a remote model, with its breaker and its budget"},
	"github.com/alecthomas/kong":      {[]string{"cmd/guardroom", "internal/config"}, "flags end where the program begins"},
	"github.com/alexedwards/scs":      {[]string{"web", "web/webtest", "internal/app"}, "sessions belong to HTTP"},
	"golang.org/x/crypto":             {[]string{"internal/secret"}, "one place to review cryptography"},
	"github.com/tink-crypto":          {[]string{"internal/secret"}, "one place to review cryptography"},
	"golang.org/x/crypto/acme":        {[]string{"internal/app"}, "certificates are asked for where the listener is made"},
	"golang.org/x/crypto/sha3":        {[]string{"internal/guard/detectors"}, "the checksum of some wallet addresses is a hash that the standard library lacks; it protects nothing"},
	"github.com/ccojocar":             {[]string{"internal/secret"}, "megabytes of passwords and names, for who judges a new one"},
	"github.com/pquerna/otp":          {[]string{"internal/secret", "web"}, "one-time codes are made and checked in one place, and made in tests of the pages"},
	"github.com/go-webauthn":          {[]string{"internal/secret"}, "what authenticators sign is checked in one place"},
	"github.com/coreos/go-oidc":       {[]string{"internal/sso"}, "one place talks to the provider of single sign-on"},
	"golang.org/x/oauth2":             {[]string{"internal/sso"}, "one place talks to the provider of single sign-on"},
	"github.com/zitadel/oidc":         {[]string{"web"}, "a provider for tests of the pages"},
	"github.com/fxamacker/cbor":       {[]string{"internal/behavior"}, "how servers write what they tell each other"},
	"github.com/dunglas/httpsfv":      {[]string{"internal/httpsig"}, "structured fields are read where signatures are"},
	"github.com/wneessen":             {[]string{"internal/mail"}, "one place talks to the mail server"},
	"github.com/emersion":             {[]string{"internal/mail/mailtest"}, "a mail server for tests"},
	"github.com/redis/go-redis":       {[]string{"internal/behavior", "internal/app"}, "Redis is optional: it hides behind the windows' interface"},
	"github.com/prometheus":           {[]string{"web", "internal/app", "web/webtest"}, "the nouns do not count themselves"},
	"github.com/pressly/goose":        {[]string{"internal/store", "internal/store/storetest"}, "one place migrates"},
	"github.com/chromedp":             {[]string{"internal/browsertest"}, "one harness drives the browser"},
	"github.com/a-h/templ":            {[]string{"views", "views/ui", "views/storybook", "web", "web/webtest"}, "templates end at the page"},
	"github.com/oapi-codegen":         {[]string{"web/client"}, "the client is made from the OpenAPI document"},
	"github.com/sony/gobreaker":       {[]string{"internal/guard", "internal/llm"}, "breakers stand where remote detectors and models are asked"},
	"github.com/theory/jsonpath":      {[]string{"internal/guard/remote"}, "paths are for answers of services"},
	"github.com/zricethezav":          {[]string{"internal/guard/detectors"}, "gitleaks' rules are data; nothing else of it is run"},
	"github.com/santhosh-tekuri":      {[]string{"internal/guard/detectors", "web/webtest"}, "schemas are compiled where texts are held to them: those of policies, and in tests those of the API"},
	"github.com/tiktoken-go":          {[]string{"internal/guard/detectors", "internal/behavior", "internal/llm"}, "megabytes of vocabulary, for who counts tokens"},
	"github.com/nyaruka/phonenumbers": {[]string{"internal/guard/detectors"}, "only pii.phone needs five megabytes of numbering plans"},
}

// standardOnly lists packages that may import no third party at all, tests excepted.
var standardOnly = map[string]bool{
	"internal/review":   true,
	"internal/archtest": true,
}

// vagueNames say nothing about what is inside; such a package collects what has no home.
var vagueNames = map[string]bool{
	"util": true, "utils": true, "common": true, "helper": true, "helpers": true, "misc": true, "shared": true, "lib": true, "base": true,
}
