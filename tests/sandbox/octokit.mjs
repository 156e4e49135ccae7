// Does with GitHub's own client what people's scripts do, and prints what it read as one line of JSON.
import { Octokit } from "@octokit/rest";

const [baseUrl, auth] = process.argv.slice(2);
// What it would warn of is a finding; that something was refused or unchanged, it tells by its error.
const quiet = () => {};
const log = { debug: quiet, info: quiet, error: quiet, warn: (text) => console.error(text) };
const octokit = new Octokit({ auth, baseUrl, log });
const place = { owner: "acme", repo: "incidents" };
const rest = octokit.rest;

const made = await rest.issues.create({ ...place, title: "New incident", body: "text", labels: ["bug"] });
const issue = { ...place, issue_number: made.data.number };
for (let number = 0; number < 5; number++) {
  await rest.issues.createComment({ ...issue, body: `comment ${number}` });
}
await rest.issues.addLabels({ ...issue, labels: ["state: reported"] });
await rest.issues.removeLabel({ ...issue, name: "bug" });
await rest.issues.lock({ ...issue, lock_reason: "resolved" });
const comments = await octokit.paginate(rest.issues.listComments, { ...issue, per_page: 2 });
const found = await octokit.paginate(rest.search.issuesAndPullRequests, { q: "incident repo:acme/incidents" });
const { viewer } = await octokit.graphql("{viewer {login}}");
const readme = await rest.repos.getContent({ ...place, path: "README.md", mediaType: { format: "raw" } });
const read = await rest.repos.get(place);
const again = await rest.repos.get({ ...place, headers: { "if-none-match": read.headers.etag } }).catch((e) => e);
const invited = await rest.repos.addCollaborator({ ...place, username: "outsider", permission: "triage" });
await rest.repos.update({ ...place, name: "renamed" });
const moved = await rest.repos.get(place);
await rest.issues.update({ ...issue, title: "Renamed" });

console.log(
  JSON.stringify({
    created: [made.status, made.headers.location === made.data.url],
    comments: comments.map((one) => one.body),
    found: found.map((one) => one.title),
    viewer: viewer.login,
    readme: readme.data,
    unchanged: again.status,
    invited: [invited.status, invited.data.permissions],
    moved: moved.data.full_name,
    title: (await rest.issues.get({ ...place, repo: "renamed", issue_number: issue.issue_number })).data.title,
  }),
);
