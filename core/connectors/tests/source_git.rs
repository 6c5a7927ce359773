//! The local git source against repositories made by git itself, and against what git says about them.

mod source_git {
    mod agreement;
    mod failures;
    mod files;
    mod fixture;
    mod merges;
    mod messages;
    mod people;
    mod places;
    mod releases;
    mod windows;
}
