//! `/api/projects/{id}/members`: who was added to a project.

use std::sync::Arc;

use dateline_core::caller::Access;
use dateline_core::id::{ProjectId, UserId};
use dateline_core::people::{Membership, User};
use poem::web::Data;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::access::Signed;
use super::fields::{Id, Instant, Limit, Word, words};
use super::page::{self, List};
use super::problem::Problem;
use super::projects::Gone;
use super::{QueryScope, Shared};

words!(Access as Access ("How far a person's say in a project goes: VIEW reads, EDIT also changes and runs, APPROVE also \
    decides on drafts and publishes, OWN is its owner's."): View, Edit, Approve, Own);

/// How far a member's say goes.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct MemberPut {
    /// VIEW, EDIT or APPROVE.
    pub access: Word<Access>,
}

/// A person added to a project.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Member {
    /// The person.
    pub user_id: Id<UserId>,
    /// What others call them.
    pub name: String,
    /// How far their say goes.
    pub access: Word<Access>,
    /// Who added them.
    pub added_by: Id<UserId>,
    /// When they were added, or their say last changed.
    pub added_at: Instant,
}

impl From<(Membership, User)> for Member {
    fn from((membership, user): (Membership, User)) -> Self {
        Self {
            user_id: Id(user.id),
            name: user.name,
            access: Word(membership.access),
            added_by: Id(membership.added_by),
            added_at: Instant(membership.added_at),
        }
    }
}

/// The members' part of the interface.
pub struct Members;

#[OpenApi(prefix_path = "/api/projects", tag = "super::document::Group::People")]
impl Members {
    /// List a project's members
    ///
    /// By their ids; its owner is not among them.
    #[oai(path = "/:id/members", method = "get", operation_id = "listMembers")]
    async fn list(
        &self,
        shared: Data<&Arc<Shared>>,
        scope: Data<&QueryScope>,
        caller: Signed,
        /// The project.
        id: Path<Id<ProjectId>>,
        /// The most items to return.
        limit: Query<Option<Limit>>,
        /// The `nextCursor` of the previous page.
        cursor: Query<Option<String>>,
    ) -> poem::Result<Json<List<Member>>> {
        let page = page::asked(&shared, &scope, limit.0, cursor.0.as_deref())?;
        let page = shared.as_caller(&caller).members(id.0.0, page).await.map_err(Problem::from)?;
        Ok(Json(List::of(&shared, &scope, page, Member::from)))
    }

    /// Add a member
    ///
    /// Or change how far their say goes. Only who owns the project may.
    #[oai(path = "/:id/members/:userId", method = "put", operation_id = "putMember")]
    async fn put(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The project.
        id: Path<Id<ProjectId>>,
        /// The user.
        #[oai(name = "userId")]
        user_id: Path<Id<UserId>>,
        body: Json<MemberPut>,
    ) -> poem::Result<Json<Member>> {
        let member = shared.as_caller(&caller).put_member(id.0.0, user_id.0.0, body.0.access.0).await;
        Ok(Json(member.map_err(Problem::from)?.into()))
    }

    /// Remove a member
    ///
    /// Who owns the project may, and everybody themselves. Again changes nothing.
    #[oai(path = "/:id/members/:userId", method = "delete", operation_id = "removeMember")]
    async fn remove(
        &self,
        shared: Data<&Arc<Shared>>,
        caller: Signed,
        /// The project.
        id: Path<Id<ProjectId>>,
        /// The user.
        #[oai(name = "userId")]
        user_id: Path<Id<UserId>>,
    ) -> poem::Result<Gone> {
        shared.as_caller(&caller).remove_member(id.0.0, user_id.0.0).await.map_err(Problem::from)?;
        Ok(Gone::Done)
    }
}
