//! Whose first contribution a commit certainly is: nobody's word is taken alone.

use std::collections::HashMap;

use dateline_core::activity::Commit;
use dateline_core::source::SourceError;
use dateline_core::time::Timestamp;

use super::answers::{CommitAnswer, SearchAnswer};
use super::client::{Client, segment};
use super::failure::Failure;

/// Marks the first commit of people who have neither a commit nor a merged request before the window.
///
/// The list of commits misses squashed work under hidden addresses, and the search lags behind: only when both are
/// empty is somebody called new. A doubt, or an account that is not known, leaves the question open.
pub(super) async fn mark(
    client: &Client,
    commits: &mut [Commit],
    answers: &[CommitAnswer],
    head: &str,
) -> Result<(), SourceError> {
    let mut first: Vec<(String, usize)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, answer) in answers.iter().enumerate() {
        let login = answer.author.as_ref().and_then(|user| user.login.clone());
        let Some(login) = login.filter(|login| is_account(login) && !commits[at].author.is_bot) else {
            continue;
        };
        match known.get(&login) {
            Some(place) => first[*place].1 = at,
            None => {
                known.insert(login.clone(), first.len());
                first.push((login, at));
            }
        }
    }
    for (login, at) in first.into_iter().take(client.limits.people) {
        match is_new(client, &login, commits[at].committed_at, head).await {
            Ok(Some(true)) => commits[at].first_time = Some(true),
            Ok(Some(false)) => commits[at].first_time = Some(false),
            Ok(None) => {}
            // The search has a budget of its own: without it nobody is called new, and nothing else suffers.
            Err(Failure::Source(SourceError::Stopped)) => return Err(SourceError::Stopped),
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}

async fn is_new(
    client: &Client,
    login: &str,
    before: Timestamp,
    head: &str,
) -> Result<Option<bool>, Failure> {
    let until = (before - chrono::TimeDelta::seconds(1)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let route = format!("/commits?sha={}&author={}&until={until}&per_page=1", segment(head), segment(login));
    let earlier: Vec<CommitAnswer> = client.get(&client.repo.route(&route)).await?;
    if !earlier.is_empty() {
        return Ok(Some(false));
    }
    let day = before.format("%Y-%m-%d");
    let query = format!("repo:{} is:pr is:merged author:{login} merged:<{day}", client.repo.full_name());
    let found: SearchAnswer = client.get(&format!("/search/issues?q={}&per_page=1", segment(&query))).await?;
    Ok((!found.incomplete_results).then_some(found.total_count == 0))
}

fn is_account(login: &str) -> bool {
    !login.is_empty() && login.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
