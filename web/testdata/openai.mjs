// The official client of OpenAI against the gateway. It is given nothing but a base URL and a key, and says on standard
// output what it got.
import OpenAI from "openai";

const [baseURL, apiKey, email, token, attack] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const ask = (content, more = {}) => ({ model: "gpt-test", messages: [{ role: "user", content }], ...more });
const got = {};

const { data, response } = await client.chat.completions.create(ask(`Hello. I am ${email}.`)).withResponse();
got.text = data.choices[0].message.content;
got.usage = data.usage.total_tokens;
got.interaction = response.headers.get("x-guardroom-interaction");

got.streamed = "";
for await (const chunk of await client.chat.completions.create(ask(`Hello. I am ${email}. And more.`, { stream: true, stream_options: { include_usage: true } }))) {
  got.streamed += chunk.choices[0]?.delta?.content ?? "";
  got.finish = chunk.choices[0]?.finish_reason ?? got.finish;
  got.streamedUsage = chunk.usage?.total_tokens ?? got.streamedUsage;
}

const tools = await client.chat.completions.stream(ask("CALL", {
  tools: [{ type: "function", function: { name: "pay", parameters: { type: "object" } } }],
})).finalChatCompletion();
got.tool = tools.choices[0].message.tool_calls[0].function;

const withheld = await client.chat.completions.create(ask(`LEAK ${token.length}`));
got.withheld = [withheld.choices[0].message.content, withheld.choices[0].finish_reason];

try {
  await client.chat.completions.create(ask(attack));
} catch (error) {
  got.refused = [error instanceof OpenAI.BadRequestError, error.status, error.code, error.type, error.error.guardroom.verdict];
}
try {
  await new OpenAI({ baseURL, apiKey: "wrong", maxRetries: 0 }).models.list();
} catch (error) {
  got.stranger = error instanceof OpenAI.AuthenticationError;
}

got.models = (await client.models.list()).data.map((m) => m.id);
got.embedding = (await client.embeddings.create({ model: "gpt-test", input: "a hat" })).data[0].embedding;
got.moderated = (await client.moderations.create({ input: "a hat" })).results[0].flagged;
got.completed = (await client.completions.create({ model: "gpt-test", prompt: `Mail ${email}` })).choices[0].text;
got.responded = (await client.responses.create({ model: "gpt-test", input: `Mail ${email}` })).output_text;
got.respondedInPieces = "";
for await (const event of await client.responses.create({ model: "gpt-test", input: "In pieces", stream: true })) {
  if (event.type === "response.output_text.delta") got.respondedInPieces += event.delta;
}

console.log(JSON.stringify(got));
